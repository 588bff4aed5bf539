#!/bin/sh
# What `make run` starts once set-up is done: index a folder of articles, then serve it.
#   ARTICLES        the folder (default: the five seed articles); ~ and spaces are fine
#   PORT            the port on this machine (default: PRESSMARK_PORT, else 7860)
#   PRESSMARK_HOME  where the library lives; by default each folder of articles has its own under
#                   .pressmark/, so that a question is asked of that folder and of no other
set -eu
cd "$(dirname "$0")/.."

folder=${ARTICLES:-seeds}
case $folder in
    '~') folder=$HOME ;;
    '~/'*) folder=$HOME/${folder#'~/'} ;;
esac
if ! [ -d "$folder" ]; then
    echo "There is no folder $folder. Name yours: make run ARTICLES=~/my-articles" >&2
    exit 2
fi
folder=$(CDPATH='' cd -- "$folder" && pwd -P)

set -- serve "$folder" ${PORT:+--port "$PORT"}
if [ -z "${PRESSMARK_HOME:-}" ] && ! grep -qs '^ *PRESSMARK_HOME *=' .env; then
    set -- --home ".pressmark/$(printf %s "$folder" | cksum | cut -d ' ' -f 1)" "$@"
fi
exec .venv/bin/pressmark "$@"
