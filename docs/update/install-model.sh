#!/bin/sh
# Gives a model that came in an image to the box's own store, which checks it, tries it, and goes back where it fails.
# RAUC calls this as the hook of the slot 'model', SWUpdate as a script after the files are there.
set -eu
case "$1" in
  slot-install) model=$RAUC_IMAGE_NAME store=$RAUC_SLOT_DEVICE ;;
  postinst) model=/var/lib/fieldray/update/model.frb store=/var/lib/fieldray/models ;;
  *) exit 0 ;;
esac
# A server may send what is there already.
sha256=$(sha256sum "$model" | cut -d ' ' -f 1)
if fieldray models list --store "$store" --json | grep '"active":true' | grep -q "$sha256"; then exit 0; fi
status=0
fieldray models install "$model" --store "$store" || status=$?
# Both run this as root; the daemon, which is not, must be able to change what lies in the store.
if [ "$(id -u)" = 0 ] && [ -d "$store" ]; then chown -R --reference="$(dirname "$store")" "$store"; fi
exit "$status"
