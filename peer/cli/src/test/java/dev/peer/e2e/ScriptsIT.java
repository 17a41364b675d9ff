package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of the repository, without a machine. */
@Timeout(900)
class ScriptsIT {

  private static final Pattern SCRIPT = Pattern.compile("#! ?/.*");
  private static final Pattern POSIX_SHELL = Pattern.compile("#!/bin/sh|#!/bin/busybox sh");
  private static final Pattern PERL = Pattern.compile("#!/usr/bin/perl -w");

  /** What uses a library from npm. */
  private static final Pattern NODE = Pattern.compile("#!/usr/bin/env node");

  @Test
  void everyScriptIsForAPosixShellPerlOrNode() throws Exception {
    List<Path> others = scripts(SCRIPT);
    others.removeAll(scripts(POSIX_SHELL));
    others.removeAll(scripts(PERL));
    others.removeAll(scripts(NODE));

    assertThat(others).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"container.sh", "mk.sh", "scripts.sh", "stages.sh"})
  void theGuestsMkAndScriptsDoAsTheyShould(String name) throws Exception {
    Path tests = Dist.sources().resolve("image/test").resolve(name);

    Said said = run(List.of("sh", tests.toString(), Dist.image().toString()));

    assertThat(said.exitCode()).as(said.text()).isZero();
    assertThat(said.text().lines().toList()).last().asString().matches("(\\d+) of \\1 passed");
  }

  /** No status is lost in a pipe, a substitution or a function that is called as a condition. */
  @Test
  void noStageOfTheGuestPassesOverAStatus() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck", "--external-sources"));
    command.add("--check-sourced");
    command.add("--enable=check-extra-masked-returns,check-set-e-suppressed");
    command.add("--source-path=SCRIPTDIR");
    try (Stream<Path> stages = Files.list(Dist.sources().resolve("image/guest/stage"))) {
      stages.map(Path::toString).sorted().forEach(command::add);
    }

    Said said = run(command);

    assertThat(said.text()).isEmpty();
    assertThat(said.exitCode()).isZero();
  }

  @Test
  void shellcheckHasNothingToSay() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck", "--external-sources"));
    command.add("--check-sourced");
    command.add("--source-path=" + Dist.sources());
    command.add("--source-path=SCRIPTDIR");
    List<Path> scripts = scripts(POSIX_SHELL);
    assertThat(scripts).isNotEmpty();
    scripts.forEach(script -> command.add(script.toString()));

    Said said = run(command);

    assertThat(said.text()).isEmpty();
    assertThat(said.exitCode()).isZero();
  }

  private record Said(String text, int exitCode) {}

  private static Said run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(Dist.sources().toFile())
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Said(text, process.waitFor());
  }

  /** The sources whose first line is such. */
  private static List<Path> scripts(Pattern first) throws IOException {
    try (Stream<Path> files = Files.walk(Dist.sources())) {
      return files
          .filter(ScriptsIT::isSource)
          .filter(Files::isRegularFile)
          .filter(file -> first.matcher(firstLine(file)).matches())
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  private static boolean isSource(Path file) {
    for (Path part : Dist.sources().relativize(file)) {
      if (part.toString().equals("target") || part.toString().equals(".git")) {
        return false;
      }
    }
    return true;
  }

  private static String firstLine(Path file) {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
      String first = lines.readLine();
      return first == null ? "" : first;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
