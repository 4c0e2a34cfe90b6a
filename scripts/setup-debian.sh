#!/bin/sh
# Installs what the rings of tests need on Debian 12: npm run setup:debian, as root. Does nothing where all of it is there.
set -eu

# compilers and formatter, sanitizers, libFuzzer and valgrind · headers for npm run setup:peers · unit ring · cache ring · kerberos ring · keyring ring · window ring · browser ring · third-party ring · shells that completion is tested in · redis ring · electron ring · wine ring:
# Wine, the compiler for Windows, and what Wine makes NTLM, Kerberos and cryptography with but only recommends · prebuilds:
# compilers for arm64, for macOS and for musl, and an emulator of arm64
packages='g++ make cmake clang-format clang clang-tidy libclang-rt-14-dev llvm valgrind
  libkrb5-dev libsecret-1-dev python3
  xmlsec1
  strace
  krb5-kdc krb5-admin-server krb5-user python3-gssapi faketime apache2 libapache2-mod-auth-gssapi squid samba-ad-dc samba-ad-provision
  gnome-keyring libsecret-1-0 libsecret-tools dbus libglib2.0-bin keepassxc xvfb python3-gi
  openbox xterm x11-utils wmctrl xdotool imagemagick
  chromium fonts-liberation
  python3-msal python3-msal-extensions gir1.2-secret-1 curl
  bash zsh fish
  redis-server
  libgtk-3-0 libnss3 libasound2 libgbm1 libxss1 xauth unzip x11-utils imagemagick
  wine64 g++-mingw-w64-x86-64-posix winbind libgssapi-krb5-2 libkrb5-3 libgnutls30
  g++-aarch64-linux-gnu qemu-user-static clang-14 lld-14 libc++-14-dev musl-tools'

missing=''
for package in $packages; do
  dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done

if [ -n "$missing" ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "These packages are missing:$missing" >&2
    echo 'Run this as root: sudo npm run setup:debian' >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # The tests start the servers they need themselves, on the loopback address; none is to start with the machine.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod 755 /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update
  # shellcheck disable=SC2086 # a list of words
  apt-get install --yes --no-install-recommends $missing
fi
echo 'All Debian packages that the tests need are installed.'

if ! command -v dotnet >/dev/null; then
  echo 'Not installed: the .NET SDK, which Debian does not have. The tests against MSAL.NET need it on the PATH: https://dot.net/download'
fi
