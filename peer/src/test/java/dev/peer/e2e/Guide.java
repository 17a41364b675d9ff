package dev.peer.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A document whose commands are run, one after the other, by one shell. What is after three back
 * quotes says what a block is:
 *
 * <ul>
 *   <li>{@code sh run}: commands
 *   <li>{@code output}: what the commands of the block before put out, where {@code ...} stands for
 *       anything
 *   <li>{@code LANGUAGE file=NAME}: a file that the reader writes
 * </ul>
 *
 * <p>Every other block is only read.
 */
final class Guide {

  private static final Pattern FENCE = Pattern.compile("```(\\S*) ?(.*)");
  private static final String FILE = "file=";
  private static final String END = "END-OF-GUIDE-FILE";

  /** A block, and the number of its first line in the document. */
  private record Block(int line, String language, String what, List<String> lines) {

    boolean isRun() {
      return what.equals("run");
    }

    boolean isOutput() {
      return language.equals("output");
    }

    boolean isFile() {
      return what.startsWith(FILE);
    }

    String text() {
      return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }
  }

  private final Path document;
  private final List<Block> blocks;

  private Guide(Path document, List<Block> blocks) {
    this.document = document;
    this.blocks = List.copyOf(blocks);
  }

  /** Reads a document of this repository, such as {@code peer/docs/certificates.md}. */
  static Guide read(String name) throws IOException {
    Path document = Dist.sources().resolve(name);
    List<Block> blocks = new ArrayList<>();
    Block open = null;
    int number = 0;
    for (String line : Files.readAllLines(document)) {
      number++;
      Matcher fence = FENCE.matcher(line);
      if (!fence.matches()) {
        if (open != null) {
          open.lines().add(line);
        }
      } else if (open == null) {
        open = new Block(number + 1, fence.group(1), fence.group(2), new ArrayList<>());
      } else {
        blocks.add(open);
        open = null;
      }
    }
    if (open != null || blocks.stream().noneMatch(Block::isRun)) {
      throw new AssertionError(name + ": blocks that end, and one to run, were expected");
    }
    return new Guide(document, blocks);
  }

  /** The whole as a script for {@code sh -eu}, which leaves the output of each block in a file. */
  String script(Path outputs) {
    StringBuilder script = new StringBuilder();
    for (Block block : blocks) {
      if (block.isRun()) {
        script
            .append("echo " + block.line() + " >" + outputs.resolve("at") + "\n{\n")
            .append(block.text())
            .append("} >" + output(outputs, block) + " 2>&1 </dev/null\n");
      } else if (block.isFile()) {
        String name = block.what().substring(FILE.length());
        script
            .append("cat >" + name + " <<'" + END + "'\n")
            .append(block.text())
            .append(END + "\n");
      }
    }
    return script.toString();
  }

  /** Asserts that the script came to its end, and put out what the document says. */
  void check(Path outputs, Run run) throws IOException {
    Block last = null;
    for (Block block : blocks) {
      if (block.isRun()) {
        last = block;
        if (!Files.exists(output(outputs, block))) {
          throw new AssertionError(at(block) + " is not reached: " + run);
        }
      } else if (block.isOutput()) {
        String said = Files.readString(output(outputs, last));
        if (!pattern(block).matcher(said).matches()) {
          throw new AssertionError(at(block) + ": not this was put out, but\n" + said);
        }
      }
    }
    if (run.exitCode() != 0) {
      Path at = outputs.resolve("at");
      String line = Files.exists(at) ? Files.readString(at).strip() : "0";
      Path output = outputs.resolve("output-" + line);
      throw new AssertionError(
          document
              + ":"
              + line
              + " fails:\n"
              + (Files.exists(output) ? Files.readString(output) : "")
              + run.stderr());
    }
  }

  private String at(Block block) {
    return document + ":" + block.line();
  }

  private static Path output(Path outputs, Block block) {
    return outputs.resolve("output-" + block.line());
  }

  private static Pattern pattern(Block expected) {
    String text =
        expected
            .text()
            .lines()
            .map(
                line ->
                    line.equals("...")
                        ? "(?s:.*)"
                        : Pattern.quote(line).replace("...", "\\E.*\\Q") + "\n")
            .collect(Collectors.joining());
    return Pattern.compile(text);
  }
}
