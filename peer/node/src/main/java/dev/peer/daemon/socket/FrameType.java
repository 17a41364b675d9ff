package dev.peer.daemon.socket;

import dev.peer.core.record.MalformedException;
import dev.peer.wire.Frames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The kind of a frame between a caller and the daemon. */
enum FrameType {
  /** The caller asks for a run: an {@link RunSubmission}. */
  ASK('?'),
  /** The caller asks how the daemon is. */
  STATUS('i'),
  /** The caller has the daemon do a command: a {@link CommandRequest}. */
  COMMAND('c'),
  /** The daemon does the command: its output follows. */
  RUNNING('r'),
  /** The daemon asks for the value of a variable: its name. */
  VARIABLE('v'),
  /** The caller gives the value that the daemon asked for. */
  VALUE('V'),
  /** The caller got a signal: its number, in decimal. */
  SIGNAL('k'),
  /** The caller's terminal has another width: in columns, in decimal. */
  COLUMNS('x'),
  /** The daemon says how it is: JSON. */
  ANSWER('A'),
  /**
   * The daemon does not take the run or the command, and why; nothing: the caller will find out by
   * itself.
   */
  DECLINED('n'),
  /** The daemon would take the run with these variables: a {@link RequestedVariables}. */
  NEED('N'),
  /** The caller gives them: a {@link SubmittedVariables}. */
  GIVE('g'),
  /** The run is on the daemon's disk; its number, in decimal. */
  ACCEPTED('y'),
  /** The name of the step that begins. */
  STEP('w'),
  /** What the step waits for. */
  AWAITING('f'),
  /** How many bytes the step has moved, and of how many: in decimal, a blank between them. */
  MOVED('b'),
  /** A line of peer's own. */
  SAY('s'),
  /** A line of the command's answer. */
  PRINT('a'),
  /** The name of the stage whose output comes next. */
  STAGE('p'),
  /** Output of a stage that is not the test, both streams. */
  STAGE_OUTPUT('o'),
  /** The test's standard output, or the command's. */
  STDOUT('1'),
  /** The test's standard error, or the command's. */
  STDERR('2'),
  /** The run or the command has ended; the exit code, in decimal. The last frame. */
  END('e');

  /** The maximum size of a frame: a request with all counted variables. */
  static final int LARGEST = 4 << 20;

  private final byte code;

  FrameType(char code) {
    this.code = (byte) code;
  }

  static FrameType ofCode(int code) throws MalformedException {
    return Arrays.stream(values())
        .filter(kind -> kind.code == code)
        .findFirst()
        .orElseThrow(() -> new MalformedException("no frame"));
  }

  /** Whether it carries an event of a run; others are about the connection. */
  boolean isOfARun() {
    return switch (this) {
      case STEP, AWAITING, MOVED, SAY, PRINT, STAGE, STAGE_OUTPUT, STDOUT, STDERR -> true;
      case ASK, STATUS, ANSWER, DECLINED, NEED, GIVE, ACCEPTED, END -> false;
      case COMMAND, RUNNING, VARIABLE, VALUE, SIGNAL, COLUMNS -> false;
    };
  }

  byte[] frame(byte[] content) {
    return frame(content, 0, content.length);
  }

  byte[] frame(byte[] buffer, int offset, int length) {
    return Frames.of(code, buffer, offset, length);
  }

  byte[] frame(String text) {
    return frame(text.getBytes(StandardCharsets.UTF_8));
  }
}
