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
 *   <li>{@code sh other}: commands for which something is needed that the tests do not have
 *   <li>{@code output}: what the commands of the block before put out, where {@code ...} stands for
 *       anything
 *   <li>{@code LANGUAGE file=NAME}: a file that the reader writes
 * </ul>
 *
 * <p>Every other block is only read.
 */
final class Guide {

  private static final Pattern FENCE = Pattern.compile("```(\\S*) ?(.*)");
  private static final Pattern FILE = Pattern.compile("file=([\\w./-]+)");
  private static final String SHELL = "sh";
  private static final String END = "END-OF-GUIDE-FILE";

  /** What {@code timeout} exits with when the time is over. */
  private static final int TOO_LONG = 124;

  /** A block, and the number of its first line in the document. */
  private record Block(int line, String language, String what, List<String> lines) {

    boolean isRun() {
      return language.equals(SHELL) && what.equals("run");
    }

    boolean isOutput() {
      return language.equals("output");
    }

    boolean isFile() {
      return FILE.matcher(what).matches();
    }

    /** Whether it says what is done with it, where that has to be said. */
    boolean isClear() {
      boolean read = language.equals(SHELL) ? what.equals("other") : what.isEmpty();
      return read || isRun() || isFile();
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

  /** Reads a document; an error names the line that is not as it should be. */
  static Guide read(Path document) throws IOException {
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
    Guide guide = new Guide(document, blocks);
    if (open != null) {
      throw guide.wrong(open, "this block does not end");
    }
    guide.check();
    return guide;
  }

  private void check() {
    Block before = null;
    for (Block block : blocks) {
      if (!block.isClear()) {
        throw wrong(block, "run, other or file=NAME was expected after the language");
      }
      if (block.isOutput() && (before == null || !before.isRun())) {
        throw wrong(block, "output of what? A block to run was expected right before");
      }
      before = block;
    }
    if (blocks.stream().noneMatch(Block::isRun)) {
      throw new AssertionError(document + ": nothing in it is run");
    }
  }

  /** The whole as a script for {@code sh -eu}, which leaves the output of each block in a file. */
  String script(Path outputs) {
    StringBuilder script = new StringBuilder();
    for (Block block : blocks) {
      Matcher file = FILE.matcher(block.what());
      if (block.isRun() || file.matches()) {
        script.append("echo " + block.line() + " >" + at(outputs) + "\n");
      }
      if (block.isRun()) {
        script
            .append("{\n")
            .append(block.text())
            .append("} >" + output(outputs, block.line()) + " 2>&1 </dev/null\n");
      } else if (file.matches()) {
        script
            .append("cat >" + file.group(1) + " <<'" + END + "'\n")
            .append(block.text())
            .append(END + "\n");
      }
    }
    return script.toString();
  }

  /** Asserts that the script came to its end, and put out what the document says. */
  void check(Path outputs, Run run) throws IOException {
    if (run.exitCode() != 0) {
      int line =
          Files.exists(at(outputs)) ? Integer.parseInt(Files.readString(at(outputs)).strip()) : 0;
      Path output = output(outputs, line);
      throw new AssertionError(
          document
              + ":"
              + line
              + (run.exitCode() == TOO_LONG ? ": takes too long\n" : ": fails\n")
              + (Files.exists(output) ? Files.readString(output) : "")
              + run.stderr());
    }
    Block before = null;
    for (Block block : blocks) {
      if (block.isOutput()) {
        String said = Files.readString(output(outputs, before.line()));
        if (!pattern(block).matcher(said).matches()) {
          throw wrong(block, "not this was put out, but\n" + said);
        }
      }
      before = block;
    }
  }

  private AssertionError wrong(Block block, String what) {
    return new AssertionError(document + ":" + block.line() + ": " + what);
  }

  /** Which line the script has come to. */
  private static Path at(Path outputs) {
    return outputs.resolve("at");
  }

  private static Path output(Path outputs, int line) {
    return outputs.resolve("output-" + line);
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
