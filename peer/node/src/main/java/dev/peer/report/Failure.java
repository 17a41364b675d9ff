package dev.peer.report;

import dev.peer.config.ConfigException;
import dev.peer.core.flow.AnnounceException;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Printable;
import dev.peer.core.pem.CredentialException;
import dev.peer.core.secret.SecretException;
import dev.peer.source.SourceException;
import dev.peer.vm.image.ImageException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/**
 * An exception as the user of a command sees it.
 *
 * @param hint the remedy; empty if there is none
 */
public record Failure(ExitCode exitCode, String message, String hint) {

  public static Failure of(Exception failure) {
    return switch (failure) {
      case CommandException e -> new Failure(e.exitCode(), e.getMessage(), e.hint());
      case ConfigException e -> new Failure(ExitCode.USAGE, e.getMessage(), e.hint());
      case CredentialException e -> new Failure(ExitCode.USAGE, e.getMessage(), e.hint());
      case SecretException e -> new Failure(ExitCode.USAGE, e.getMessage(), e.hint());
      case SourceException e when InterruptedIo.isInterruption(e.getCause()) -> interrupted();
      case SourceException e -> new Failure(ExitCode.USAGE, e.getMessage(), e.hint());
      case ImageException e -> new Failure(exitCode(e), e.getMessage(), e.hint());
      case ExecutorException e -> new Failure(ExitCode.INFRASTRUCTURE, e.getMessage(), e.hint());
      case AnnounceException e -> new Failure(ExitCode.INFRASTRUCTURE, e.getMessage(), "");
      case IOException e when InterruptedIo.isInterruption(e) -> interrupted();
      case IOException e ->
          new Failure(
              ExitCode.INFRASTRUCTURE,
              describe(e),
              "see that the disk has room and PEER_HOME is yours to write");
      case InterruptedException e -> interrupted();
      default -> new Failure(ExitCode.INFRASTRUCTURE, "unexpected: " + failure, bugHint(failure));
    };
  }

  /**
   * Goes on as an interruption if the failure is one.
   *
   * @param failure the exception that this is of
   */
  public void requireNoInterruption(Exception failure) throws InterruptedException {
    if (exitCode == ExitCode.INTERRUPTED) {
      throw (InterruptedException) new InterruptedException().initCause(failure);
    }
  }

  private static Failure interrupted() {
    return new Failure(ExitCode.INTERRUPTED, "interrupted before there was a result", "");
  }

  private static ExitCode exitCode(ImageException e) {
    return e.defect() == ImageException.Defect.NONE ? ExitCode.USAGE : ExitCode.INFRASTRUCTURE;
  }

  private static String describe(IOException e) {
    if (e instanceof FileSystemException of && of.getReason() == null) {
      return e.getClass().getSimpleName().replace("Exception", "") + ": " + of.getFile();
    }
    return String.valueOf(e.getMessage());
  }

  private static String bugHint(Exception failure) {
    return "this is a fault of peer" + place(failure);
  }

  /** A bug and its place, on one line. */
  public static String bug(Throwable failure) {
    return Printable.plain(failure.toString()) + place(failure);
  }

  private static String place(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return stack.length == 0 ? "" : " at " + stack[0];
  }
}
