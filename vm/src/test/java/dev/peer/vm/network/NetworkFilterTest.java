package dev.peer.vm.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.peer.core.network.Reach;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class NetworkFilterTest {

  private static final byte[] FAR = Frames.tcp("203.0.113.7", 443);
  private static final byte[] HOST = Frames.tcp("10.0.2.2", 22);

  @TempDir private Path directory;

  /** QEMU's ends. */
  private final Map<String, SocketChannel> qemu = new HashMap<>();

  private final Map<String, SocketChannel> ours = new HashMap<>();
  private NetworkFilter filter;

  @BeforeEach
  void start() throws Exception {
    for (String name : NetworkFilter.CONNECTIONS) {
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve(name));
      try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        listener.bind(address);
        qemu.put(name, SocketChannel.open(address));
        ours.put(name, listener.accept());
      }
    }
    filter = NetworkFilter.start(NetworkRules.of(new Reach.Open()), ours, _ -> {});
  }

  @AfterEach
  void end() throws Exception {
    filter.close();
    for (SocketChannel end : qemu.values()) {
      end.close();
    }
  }

  @Test
  void framesPassInTheirOrderAndTheOthersSendersAreTold() throws Exception {
    send(FAR);
    send(HOST);
    send(Frames.arp());

    assertThat(receive(NetworkFilter.PASSED)).isEqualTo(FAR);
    assertThat(receive(NetworkFilter.PASSED)).isEqualTo(Frames.arp());
    assertThat(receive(NetworkFilter.ANSWERS))
        .isEqualTo(Frames.packet(HOST).prohibited(GuestSubnet.USUAL.host()));
  }

  /** QEMU waits until its frame is taken, and takes none meanwhile. */
  @Test
  void takesFramesAlthoughNobodyTakesItsOwn() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      send(FAR);
      send(HOST);
    }

    assertThat(receive(NetworkFilter.PASSED)).isEqualTo(FAR);
  }

  @Test
  void nothingPassesOnceALengthIsOfNoFrame() throws Exception {
    new DataOutputStream(Channels.newOutputStream(qemu.get(NetworkFilter.SENT))).writeInt(1 << 20);

    DataInputStream passed =
        new DataInputStream(Channels.newInputStream(qemu.get(NetworkFilter.PASSED)));
    assertThat(passed.read()).isEqualTo(-1);
  }

  private void send(byte[] frame) throws IOException {
    DataOutputStream out =
        new DataOutputStream(Channels.newOutputStream(qemu.get(NetworkFilter.SENT)));
    out.writeInt(frame.length);
    out.write(frame);
  }

  private byte[] receive(String from) throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(qemu.get(from)));
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }
}
