package dev.peer.rendezvous.etcd;

import dev.peer.core.id.AddressText;
import dev.peer.tls.Handshakes;
import dev.peer.tls.HostName;
import dev.peer.tls.OwnKey;
import dev.peer.tls.PeerTrust;
import dev.peer.tls.TlsIdentity;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * gRPC to one server, known by its host: its certificate must be of our anchors and for that host.
 * It connects when it is first used, and again after it was broken or our identity has changed.
 */
public final class GrpcConnection implements AutoCloseable {

  /** Kept here, or it would be collected with its level: its messages are not for users. */
  private static final Logger SILENT = Logger.getLogger("io.grpc");

  static {
    SILENT.setLevel(Level.OFF);
  }

  private static final int CONNECT_MILLIS = 2_000;
  private static final Duration PING_AFTER = Duration.ofSeconds(10);
  private static final Duration PONG_WITHIN = Duration.ofSeconds(10);

  private final TlsIdentity identity;
  private final HostName host;
  private final int port;
  private final int largestAnswer;
  private TlsIdentity.State state;
  private ManagedChannel channel;

  /**
   * Opens no connection yet.
   *
   * @param host a name or an address, as in a URL
   * @param largestAnswer bytes that one message may have
   */
  public GrpcConnection(TlsIdentity identity, String host, int port, int largestAnswer) {
    this.identity = identity;
    this.host = new HostName(host);
    this.port = port;
    this.largestAnswer = largestAnswer;
    state = identity.state();
    channel = connected();
  }

  /** The channel for new calls; calls in progress end on an older one. */
  public synchronized Channel channel() {
    TlsIdentity.State now = identity.state();
    if (now.generation() != state.generation() && !channel.isShutdown()) {
      channel.shutdown();
      state = now;
      channel = connected();
    }
    return channel;
  }

  /** Tries again at once to connect, where that has failed before. */
  public synchronized void retry() {
    channel.resetConnectBackoff();
  }

  /** Cuts off requests in progress. */
  @Override
  public synchronized void close() {
    channel.shutdownNow();
  }

  @Override
  public String toString() {
    return AddressText.of(InetSocketAddress.createUnresolved(host.text(), port));
  }

  private ManagedChannel connected() {
    return NettyChannelBuilder.forAddress(host.text(), port)
        .sslContext(context())
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(PING_AFTER.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(PONG_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .maxInboundMessageSize(largestAnswer)
        .build();
  }

  private SslContext context() {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forClient()
              .keyManager(new OwnKey(state.credentials(), new Handshakes()))
              .trustManager(PeerTrust.ofHost(identity, host))
              .protocols(TlsIdentity.PROTOCOL);
      return GrpcSslContexts.configure(builder, SslProvider.JDK).build();
    } catch (IOException e) {
      throw new IllegalStateException("every Java runtime has TLS 1.3", e);
    }
  }
}
