# SPDX-License-Identifier: GPL-2.0-or-later
#
#   make                    build build/ipcscope
#   make run ARGS="..."     install what is missing to build it (as root), build, run
#   make check              install what is missing to test it (as root), build, test
#        SUITES="unit cli"      only these (static unit cli docs kernel)
#        T=word                 only the test programs whose path contains word
#   make install            DESTDIR, PREFIX=/usr/local; "make uninstall" undoes it
#   make install-compat     the same, and links called ipcs, ipcrm and ipcmk to it
#   make race               a million rounds of removals against those who use them
#   make generate           write completions and the generated parts of documents
#   make fuzz               every fuzzer, FUZZ_SECONDS in all
#   make bench bench-report measure; write the report
#
# SANITIZE=address,undefined or SANITIZE=thread builds in a directory of its own.
# WERROR=1, CC=clang, CFLAGS, CPPFLAGS, LDFLAGS and B (the build directory) work
# as expected; objects are rebuilt when the flags change.

VERSION	:= 0.1.0

PREFIX	?= /usr/local
BINDIR	?= $(PREFIX)/bin
DATADIR	?= $(PREFIX)/share
MANDIR	?= $(DATADIR)/man
UNITDIR	?= $(PREFIX)/lib/systemd/system
EXAMPLEDIR ?= $(DATADIR)/doc/ipcscope/examples
INSTALL	?= install

PKG_CONFIG ?= pkg-config
CFLAGS	?= -O2 -g
FUZZ_SECONDS ?= 60
SUITES	?= static unit cli docs kernel

WARN	:= -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wpointer-arith \
	   -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	   -Wdeclaration-after-statement -Wwrite-strings -Wno-unused-parameter $(if $(WERROR),-Werror)

# Sanitizers replace the source fortification, which would hide errors from them.
comma	:= ,
SANITIZE ?=
B	?= build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
HARDEN	:= -fstack-protector-strong -fPIE \
	   $(if $(SANITIZE),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
SANFLAGS := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
	   -fno-omit-frame-pointer)

# pkg-config runs once, and only when something is compiled: the rules that
# install packages work before it exists.
once	= $(eval $1 := $(shell $2))$($1)
LIB_CFLAGS = $(call once,LIB_CFLAGS,$(PKG_CONFIG) --cflags $(LIBRARIES))
LIB_LIBS = $(call once,LIB_LIBS,$(PKG_CONFIG) --libs $(LIBRARIES))
TEST_CFLAGS = $(call once,TEST_CFLAGS,$(PKG_CONFIG) --cflags cmocka)
TEST_LIBS = $(call once,TEST_LIBS,$(PKG_CONFIG) --libs cmocka)
LIBRARIES := libproc2 libmnl jansson

ALL_CFLAGS = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -DVERSION='"$(VERSION)"' -Iinclude -Isrc -pthread \
	   $(WARN) $(HARDEN) $(SANFLAGS) $(LIB_CFLAGS) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = -pthread -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(SANFLAGS) \
	   $(CFLAGS) $(LDFLAGS)
COMPILE	= $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<
LINK	= $(CC) $(ALL_LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^)

objects	= $(patsubst %.c,$(B)/%.o,$(sort $(wildcard $1)))
programs = $(patsubst %.c,$(B)/%,$(sort $(wildcard $1)))

# What looks is a library; what changes things and what speaks to the user, the
# program. src/gen is a program of the build.
LIBRARY	:= util model filter host scan class collect keyfiles analyse record render
PROGRAM	:= change cli cmd compat
in_rooms = $(call objects,$(foreach room,$1,src/$(room)/*.c src/$(room)/*/*.c))
LIB	:= $(B)/libipcscope.a
LIB_OBJS := $(call in_rooms,$(LIBRARY))
OBJS	:= $(call in_rooms,$(PROGRAM))
MAIN	:= $(B)/src/main.o
GEN	:= $(call in_rooms,gen)
UNIT_LIB := $(call objects,tests/*.c tests/fake/*.c)
KERNEL_LIB := $(call objects,tests/kernel/lib/*.c)
UNIT	:= $(call programs,tests/unit/test_*.c)
KERNEL	:= $(call programs,tests/kernel/test_*.c)
BENCH	:= $(call programs,tests/bench/*.c)
FUZZ	:= $(call programs,tests/fuzz/fuzz_*.c)

# A build a user asked for in one word uses every processor.
jobs	= $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
quietly	= --no-print-directory -s $(jobs)
# Built by root for somebody else's tree: leave them the files.
give_back = { [ -z "$$SUDO_UID" ] || chown -hR --reference=. $(B); }
or_stop	= || { status=$$?; $(give_back); exit $$status; }

all: $(B)/ipcscope

$(LIB): $(LIB_OBJS)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/ipcscope: $(MAIN) $(OBJS) $(LIB)
	$(LINK) $(LIB_LIBS) $(LDLIBS)

$(B)/generate: $(GEN) $(OBJS) $(LIB)
	$(LINK) $(LIB_LIBS) $(LDLIBS)

$(UNIT): $(B)/tests/unit/%: $(B)/tests/unit/%.o $(UNIT_LIB) $(OBJS) $(LIB)
	$(LINK) $(LIB_LIBS) $(TEST_LIBS) $(LDLIBS)

$(KERNEL): $(B)/tests/kernel/%: $(B)/tests/kernel/%.o $(KERNEL_LIB)
	$(LINK) $(LIB_LIBS) $(TEST_LIBS) $(LDLIBS)

$(BENCH): $(B)/tests/bench/%: $(B)/tests/bench/%.o
	$(LINK) $(LIB_LIBS) $(LDLIBS)

$(FUZZ): $(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(UNIT_LIB) $(OBJS) $(LIB)
	$(LINK) -fsanitize=fuzzer $(LIB_LIBS) $(TEST_LIBS) $(LDLIBS)

$(B)/tests/%.o: tests/%.c $(B)/flags
	@mkdir -p $(@D)
	$(COMPILE) -Itests -Itests/kernel/lib $(TEST_CFLAGS)

$(B)/src/%.o: src/%.c $(B)/flags
	@mkdir -p $(@D)
	$(COMPILE)

# They take in these texts.
$(B)/src/analyse/profile.o: $(wildcard contrib/profiles/*.conf)
$(B)/src/cli/topics.o $(B)/src/compat/ipcs.o $(B)/src/compat/ipcrm_options.o $(B)/src/compat/ipcmk.o: $(wildcard man/help/*.txt)

# Written when the flags have changed, so that everything follows. "make -q" runs
# no command, so that it takes them to be the same.
$(B)/flags: $(if $(findstring q,$(firstword -$(MAKEFLAGS))),,FORCE)
	@mkdir -p $(@D)
	@[ -e $@ ] || sh tests/packages.sh --check build
	@printf '%s\n' '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS))' > $@

run:
	@sh tests/packages.sh build
	@$(MAKE) -s -q all || echo 'building $(B)/ipcscope'
	@$(MAKE) $(quietly) all $(or_stop)
	@$(give_back)
	@$(abspath $(B))/ipcscope $(ARGS)

unit-programs: all $(B)/generate $(UNIT)
test-programs: unit-programs $(KERNEL)
bench-programs: all $(BENCH)
fuzz-programs: $(FUZZ)

check:
	@sh tests/packages.sh test
	@$(MAKE) $(quietly) test-programs $(or_stop)
	@B=$(B) SANITIZE=$(SANITIZE) T='$(T)' sh tests/run.sh $(SUITES) $(or_stop)
	@$(give_back)

# A million rounds of others who attach, replace and make again while rm and clean run.
race:
	@$(MAKE) $(quietly) test-programs
	@B=$(B) T=test_race RACE_ROUNDS=$${RACE_ROUNDS:-1000000} TEST_TIMEOUT=86400 \
		nice -n 19 sh tests/run.sh kernel

generate: $(B)/generate
	@GENERATE=$(B)/generate sh tests/check-generated.sh --write

check-generated: $(B)/generate
	@GENERATE=$(B)/generate sh tests/check-generated.sh

bench: bench-programs
	@B=$(B) IPCSCOPE=$(abspath $(B))/ipcscope tests/bench/run $(ARGS)

bench-report: bench-programs
	@B=$(B) IPCSCOPE=$(abspath $(B))/ipcscope tests/bench/report $(ARGS)

fuzz:
	@$(MAKE) $(quietly) B=build-fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined \
		fuzz-programs
	@B=build-fuzz SECONDS_IN_ALL=$(FUZZ_SECONDS) sh tests/run-fuzzers.sh

# What is installed where, one "source:destination" a word, for both directions.
to	= $(foreach file,$(wildcard $1),$(file):$2/$(notdir $(file)))
units	= contrib/*.service contrib/*.timer contrib/*/*.service contrib/*/*.timer
DATA	= $(call to,man/*.1,$(MANDIR)/man1) $(call to,man/*.5,$(MANDIR)/man5) \
	  $(if $(wildcard completions/ipcscope.bash),completions/ipcscope.bash:$(DATADIR)/bash-completion/completions/ipcscope) \
	  $(call to,completions/_ipcscope,$(DATADIR)/zsh/site-functions) \
	  $(call to,completions/ipcscope.fish,$(DATADIR)/fish/vendor_completions.d) \
	  $(call to,$(units),$(UNITDIR)) \
	  $(call to,$(filter-out $(wildcard $(units)) $(patsubst %/,%,$(wildcard contrib/*/)),$(wildcard contrib/* contrib/*/*)),$(EXAMPLEDIR))

install: all
	$(INSTALL) -D -m 755 $(B)/ipcscope '$(DESTDIR)$(BINDIR)/ipcscope'
	@for pair in $(DATA); do \
		echo $(INSTALL) -D -m 644 "$${pair%%:*}" "$(DESTDIR)$${pair#*:}"; \
		$(INSTALL) -D -m 644 "$${pair%%:*}" "$(DESTDIR)$${pair#*:}" || exit 1; \
		case $$pair in contrib/systemd/*|contrib/cron/*) \
			sed -i 's,/usr/local/bin,$(BINDIR),g' "$(DESTDIR)$${pair#*:}" || exit 1 ;; \
		esac; \
	done

# Never by default: other packages own these names.
install-compat: install
	@for name in ipcs ipcrm ipcmk; do \
		echo ln -sfn ipcscope "$(DESTDIR)$(BINDIR)/$$name"; \
		ln -sfn ipcscope "$(DESTDIR)$(BINDIR)/$$name" || exit 1; \
	done

uninstall:
	rm -f '$(DESTDIR)$(BINDIR)/ipcscope'
	@for name in ipcs ipcrm ipcmk; do \
		link="$(DESTDIR)$(BINDIR)/$$name"; \
		[ "$$(readlink "$$link")" != ipcscope ] || rm -f "$$link"; \
	done
	@for pair in $(DATA); do \
		echo rm -f "$(DESTDIR)$${pair#*:}"; \
		rm -f "$(DESTDIR)$${pair#*:}" || exit 1; \
	done
	@rmdir -p --ignore-fail-on-non-empty '$(DESTDIR)$(EXAMPLEDIR)' 2>/dev/null || true

dist:
	@mkdir -p $(B)
	git archive --prefix=ipcscope-$(VERSION)/ HEAD | xz > $(B)/ipcscope-$(VERSION).tar.xz
	@echo $(B)/ipcscope-$(VERSION).tar.xz

clean:
	rm -rf build build-*

FORCE:

.PHONY: FORCE all run check race unit-programs test-programs bench-programs fuzz-programs generate \
	check-generated bench bench-report fuzz install install-compat uninstall dist clean
.SECONDARY:
.DELETE_ON_ERROR:
-include $(patsubst %.o,%.d,$(MAIN) $(OBJS) $(LIB_OBJS) $(GEN) $(UNIT_LIB) $(KERNEL_LIB))
-include $(addsuffix .d,$(UNIT) $(KERNEL) $(BENCH) $(FUZZ))
