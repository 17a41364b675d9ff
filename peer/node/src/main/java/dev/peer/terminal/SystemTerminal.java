package dev.peer.terminal;

import dev.peer.vm.guest.UserTerminal;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Consumer;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Signals;

/** The terminal at stdin and stdout, in raw mode until it is closed. */
public final class SystemTerminal implements UserTerminal {

  private static final String RESIZED = "WINCH";

  private final Terminal terminal;
  private final Attributes before;
  private final InputStream input = new FileInputStream(FileDescriptor.in);
  private final OutputStream output = new FileOutputStream(FileDescriptor.out);
  private Optional<Object> handlerBefore = Optional.empty();

  private SystemTerminal(Terminal terminal) {
    this.terminal = terminal;
    this.before = terminal.getAttributes();
    terminal.setAttributes(raw(before));
  }

  /** Whether stdin and stdout are a terminal. */
  public static boolean isThere() {
    return System.console() != null && System.console().isTerminal();
  }

  /** Puts it into raw mode. */
  public static SystemTerminal open() throws IOException {
    // Signals stay the command's own, because input in raw mode causes none; and the terminal is
    // not asked for its capabilities.
    return new SystemTerminal(
        TerminalBuilder.builder()
            .system(true)
            .provider(TerminalBuilder.PROP_PROVIDER_FFM)
            .dumb(false)
            .nativeSignals(false)
            .graphemeCluster(false)
            .build());
  }

  /** As the C library's {@code cfmakeraw}: no echo, no lines, no signals, no bytes changed. */
  private static Attributes raw(Attributes before) {
    Attributes raw = new Attributes(before);
    raw.setInputFlags(
        EnumSet.of(
            Attributes.InputFlag.IGNBRK,
            Attributes.InputFlag.BRKINT,
            Attributes.InputFlag.PARMRK,
            Attributes.InputFlag.ISTRIP,
            Attributes.InputFlag.INLCR,
            Attributes.InputFlag.IGNCR,
            Attributes.InputFlag.ICRNL,
            Attributes.InputFlag.IXON),
        false);
    raw.setOutputFlag(Attributes.OutputFlag.OPOST, false);
    raw.setLocalFlags(
        EnumSet.of(
            Attributes.LocalFlag.ECHO,
            Attributes.LocalFlag.ECHONL,
            Attributes.LocalFlag.ICANON,
            Attributes.LocalFlag.ISIG,
            Attributes.LocalFlag.IEXTEN),
        false);
    raw.setControlChar(Attributes.ControlChar.VMIN, 1);
    raw.setControlChar(Attributes.ControlChar.VTIME, 0);
    return raw;
  }

  @Override
  public String type() {
    return Optional.ofNullable(System.getenv("TERM")).orElse("dumb");
  }

  @Override
  public Size size() {
    org.jline.terminal.Size size = terminal.getSize();
    return new Size(size.getRows(), size.getColumns());
  }

  @Override
  public InputStream input() {
    return input;
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void onResize(Consumer<Size> listener) {
    Object replaced = Signals.register(RESIZED, () -> listener.accept(size()));
    if (handlerBefore.isEmpty()) {
      handlerBefore = Optional.ofNullable(replaced);
    }
  }

  @Override
  public void close() throws IOException {
    handlerBefore.ifPresent(handler -> Signals.unregister(RESIZED, handler));
    terminal.setAttributes(before);
    terminal.close();
  }
}
