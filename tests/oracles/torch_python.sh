#!/usr/bin/env bash
# Makes ORACLES/bin/torch-python, the oracles' Python with the torch whose libraries we link: torch_python.sh TORCH ORACLES
#
# That wheel links 2 GB of NVIDIA's libraries. Those that are not installed get empty stand-ins: a CPU calls none of them.
set -euo pipefail
torch=$(realpath "$1")
oracles=$(realpath "$2")
libraries=("$torch"/lib/lib*.so)

rm -rf "$oracles/hollow"
mkdir "$oracles/hollow"
preload=''
missing=$(ldd "${libraries[@]}" 2> /dev/null | awk '/not found/ { print $1 }' | sort -u)
for library in $missing; do
  cc -shared -Wl,-soname,"$library" -o "$oracles/hollow/$library" -x c /dev/null
done
if [[ -n $missing ]]; then
  # One library, loaded first, stands for all their functions: `cuda*` and `cupti*` are in those that are installed.
  nm -D --undefined-only "${libraries[@]}" | awk '$1 == "U" { sub(/@.*/, "", $2); print $2 }' |
    grep -E '^(cu|nccl|nvshmem)' | grep -vE '^(cuda|cupti)' | sort -u |
    sed 's/.*/void &(void) { __builtin_trap(); }/' |
    cc -shared -fPIC -w -o "$oracles/hollow/functions.so" -x c -
  preload=$oracles/hollow/functions.so
fi

cat > "$oracles/bin/torch-python" << EOF
#!/bin/sh
LD_PRELOAD=$preload LD_LIBRARY_PATH=$oracles/hollow PYTHONPATH=$(dirname "$torch") exec $oracles/bin/python "\$@"
EOF
chmod +x "$oracles/bin/torch-python"
"$oracles/bin/torch-python" -c 'import torch, torchvision, timm' || {
  rm "$oracles/bin/torch-python"
  exit 1
}
