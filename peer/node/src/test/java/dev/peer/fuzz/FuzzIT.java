package dev.peer.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Jazzer tries what the parsers do not expect, led by what of their code it has seen run. In a
 * process of its own, with a heap in which no parser may fill the memory.
 *
 * <p>{@code examples/fuzz} does so for longer: {@code fuzz.seconds} says how long, {@code
 * fuzz.parser} which parser, if not all.
 */
@Tag("long")
class FuzzIT {

  private static final Path DIRECTORY = Path.of("target", "fuzz").toAbsolutePath();

  @Test
  void noParserBreaksItsPromises() throws Exception {
    String only = System.getProperty("fuzz.parser", "");
    Path log = Files.createDirectories(DIRECTORY).resolve("log");
    List<String> command = new ArrayList<>(java(only));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + FuzzTarget.class.getName());
    command.add("--instrumentation_includes=dev.peer.**:org.apache.commons.compress.**");
    command.add("--custom_hook_includes=dev.peer.**");
    command.add("--reproducer_path=" + directory("findings"));
    command.add("-artifact_prefix=" + directory("findings") + "/");
    command.add("-max_total_time=" + System.getProperty("fuzz.seconds", "15"));
    command.add("-timeout=60");
    command.add("-max_len=65536");
    command.add("-print_final_stats=1");
    // What is new goes to the first; what was found before is tried first of all.
    command.add(directory("corpus").toString());
    command.add(seeds(only).toString());
    command.add(directory("findings").toString());

    Process process =
        new ProcessBuilder(command)
            .directory(DIRECTORY.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();

    assertThat(process.waitFor()).as("see %s: %s", log, summary(log)).isZero();
    assertThat(Files.readString(log)).containsPattern("stat::number_of_executed_units: *[1-9]");
  }

  private static List<String> java(String only) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-XX:+EnableDynamicAgentLoading",
        "-XX:+UseSerialGC",
        "-Xshare:off",
        "-Xmx384m",
        "-Dpeer.fuzz.parser=" + only,
        "-cp",
        System.getProperty("java.class.path"));
  }

  private static Path directory(String name) throws IOException {
    return Files.createDirectories(DIRECTORY.resolve(name));
  }

  /** What each parser takes, behind the byte that names the parser. */
  private static Path seeds(String only) throws Exception {
    List<Parser> parsers = FuzzTarget.parsers(only);
    Path directory = directory("seeds");
    for (int parser = 0; parser < parsers.size(); parser++) {
      List<byte[]> seeds = parsers.get(parser).seeds();
      for (int seed = 0; seed < seeds.size(); seed++) {
        byte[] input = new byte[seeds.get(seed).length + 1];
        input[0] = (byte) parser;
        System.arraycopy(seeds.get(seed), 0, input, 1, input.length - 1);
        Files.write(directory.resolve(parser + "-" + seed), input);
      }
    }
    return directory;
  }

  private static String summary(Path log) throws IOException {
    List<String> said =
        Files.readAllLines(log).stream()
            .filter(line -> !line.startsWith("INFO") && !line.startsWith("#"))
            .toList();
    return String.join("\n", said.subList(0, Math.min(60, said.size())));
  }
}
