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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every script of the repository is for a POSIX shell, and shellcheck has nothing to say of it. */
@Timeout(120)
class ScriptsIT {

  private static final Pattern INTERPRETER = Pattern.compile("#! ?/.*|# shellcheck shell=.*");
  private static final Pattern POSIX =
      Pattern.compile("#!/bin/sh|#!/bin/busybox sh|# shellcheck shell=sh");

  @Test
  void everyScriptIsForAPosixShell() throws Exception {
    assertThat(scripts()).isNotEmpty();
    for (Path script : scripts()) {
      assertThat(firstLine(script)).as(script.toString()).matches(POSIX);
    }
  }

  @Test
  void shellcheckHasNothingToSay() throws Exception {
    List<String> command = new ArrayList<>(List.of("shellcheck", "--external-sources"));
    command.add("--source-path=" + Dist.sources());
    command.add("--source-path=SCRIPTDIR");
    scripts().forEach(script -> command.add(script.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(Dist.sources().toFile())
            .redirectErrorStream(true)
            .start();

    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  /** The files that git knows, or would, and that say on their first line what runs them. */
  private static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(Dist.sources())) {
      return files
          .filter(ScriptsIT::isSource)
          .filter(Files::isRegularFile)
          .filter(file -> INTERPRETER.matcher(firstLine(file)).matches())
          .toList();
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
