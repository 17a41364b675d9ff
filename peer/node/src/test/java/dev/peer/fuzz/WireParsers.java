package dev.peer.fuzz;

import static dev.peer.fuzz.Parser.bytes;
import static dev.peer.fuzz.Parser.require;

import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.MalformedException;
import dev.peer.wire.AddressList;
import dev.peer.wire.AnnouncementQuery;
import dev.peer.wire.ByteRange;
import dev.peer.wire.DialId;
import dev.peer.wire.HitReport;
import dev.peer.wire.HolderList;
import dev.peer.wire.HolderReport;
import dev.peer.wire.HttpHead;
import dev.peer.wire.InstanceId;
import dev.peer.wire.LeaseRequest;
import dev.peer.wire.LeaseTerms;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.OutputFrame;
import dev.peer.wire.PeerAddress;
import dev.peer.wire.PeerPath;
import dev.peer.wire.PeerStatus;
import dev.peer.wire.Problem;
import dev.peer.wire.RelayAddress;
import dev.peer.wire.RelayLine;
import dev.peer.wire.RelayPath;
import dev.peer.wire.RelayStatus;
import dev.peer.wire.RendezvousPath;
import dev.peer.wire.RendezvousStatus;
import dev.peer.wire.RunEnd;
import dev.peer.wire.RunList;
import dev.peer.wire.RunState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What comes over the wire: the bodies of requests and answers, paths, ranges. */
final class WireParsers {

  private static final Digest DIGEST = Digest.of(new byte[0]);
  private static final long SIZE = 1000;

  private WireParsers() {}

  static List<Parser> all() {
    LeaseRequest lease =
        new LeaseRequest(
            List.of(PeerAddress.parse("https://[::1]:7443"), PeerAddress.parse("https://a:1")),
            List.of(DIGEST));
    HolderList holders =
        new HolderList(
            List.of(
                new HolderList.Entry(
                    new PeerId("spiffe://team/ci"),
                    lease.addresses(),
                    RunState.of(new RunEnd.Failed("test", Optional.of(1), Instant.EPOCH)))));
    return List.of(
        body("lease", LeaseRequest::parse, LeaseRequest::json, lease),
        body("holder list", HolderList::parse, HolderList::json, holders),
        body(
            "report",
            HolderReport::parse,
            HolderReport::json,
            new HolderReport(new PeerId("CN=x"), HolderReport.Fault.WRONG)),
        body(
            "hit",
            HitReport::parse,
            HitReport::json,
            new HitReport(new PeerId("CN=x"), Duration.ofMinutes(1))),
        body(
            "addresses",
            AddressList::parse,
            AddressList::json,
            new AddressList(List.of(URI.create("https://10.0.0.7:8443")))),
        body("runs", RunList::parse, RunList::json, new RunList(List.of(new RunKey(DIGEST)))),
        body(
            "lease terms",
            LeaseTerms::parse,
            LeaseTerms::json,
            new LeaseTerms(Duration.ofSeconds(20), Duration.ofSeconds(60))),
        body(
            "peer's status",
            PeerStatus::parse,
            PeerStatus::json,
            new PeerStatus(new PeerId("CN=x"), 3)),
        body(
            "rendezvous' status",
            RendezvousStatus::parse,
            RendezvousStatus::json,
            new RendezvousStatus(1, 2)),
        body(
            "problem",
            bytes -> Problem.parse(bytes).orElse(new Problem(Problem.Kind.INTERNAL, "")),
            Problem::json,
            new Problem(Problem.Kind.TOO_MANY, "too many")),
        body(
            "run's end",
            RunEnd::parse,
            RunEnd::json,
            new RunEnd.Failed("test", Optional.of(1), Instant.EPOCH)),
        Parser.of(
            "output frames",
            MalformedException.class,
            WireParsers::frames,
            List.of(
                OutputFrame.of(OutputFrame.Kind.BEGUN),
                OutputFrame.of(OutputFrame.Kind.STDOUT, bytes("one"), 0, 3))),
        path(
            "peer's path",
            PeerPath::parse,
            PeerPath::text,
            List.of(
                new PeerPath.Result(new RunKey(DIGEST)),
                new PeerPath.Blob(DIGEST),
                new PeerPath.Chunks(DIGEST),
                new PeerPath.RunOutput(new RunKey(DIGEST)),
                new PeerPath.ImageFile(DIGEST, "manifest.json"),
                new PeerPath.Status())),
        path(
            "rendezvous' path",
            RendezvousPath::parse,
            RendezvousPath::text,
            List.of(
                new RendezvousPath.Result(new RepoId("example.org/a%b"), new RunKey(DIGEST)),
                new RendezvousPath.Reports(new RepoId("x"), new RunKey(DIGEST)),
                new RendezvousPath.Image(DIGEST),
                new RendezvousPath.Lease(),
                new RendezvousPath.Status())),
        body("relay's status", RelayStatus::parse, RelayStatus::json, new RelayStatus(1, 2, 3)),
        path(
            "relay's path",
            RelayPath::parse,
            RelayPath::text,
            List.of(
                new RelayPath.Registration(new InstanceId("one")),
                new RelayPath.Peer(new PeerId("spiffe://x/a b"), new InstanceId("one")),
                new RelayPath.Dial(DialId.random()),
                new RelayPath.Status())),
        Parser.of(
            "relay's lines",
            MalformedException.class,
            WireParsers::relayLines,
            List.of(
                new RelayLine.Alive().bytes(),
                new RelayLine.Dial(DialId.random()).bytes(),
                new RelayLine.Busy(DialId.random()).bytes())),
        Parser.of(
            "head",
            MalformedException.class,
            WireParsers::head,
            List.of(
                new RelayPath.Status().upgrade("example.org"),
                RelayPath.upgraded(),
                RelayPath.answer(200, MediaTypes.JSON, 2, Map.of("Retry-After", "1")))),
        Parser.of(
            "relay's address",
            IllegalArgumentException.class,
            bytes -> {
              RelayAddress address = RelayAddress.parse(text(bytes));
              require(
                  RelayAddress.parse(address.uri().toString()).equals(address),
                  "what is written can be read");
            },
            List.of(bytes("https://relay.example.org:7444/one"))),
        Parser.of(
            "range",
            MalformedException.class,
            bytes -> range(text(bytes)),
            List.of(bytes("bytes=0-99"), bytes("bytes=900-"), bytes("bytes=-1"))),
        Parser.of(
            "instance",
            MalformedException.class,
            bytes -> InstanceId.ofQuery(text(bytes)),
            List.of(bytes("instance=abc-1_2"))),
        Parser.of(
            "announcement's query",
            MalformedException.class,
            bytes -> {
              AnnouncementQuery query = AnnouncementQuery.parse(text(bytes));
              require(
                  AnnouncementQuery.parse(query.text().substring(1)).equals(query),
                  "what is written can be read");
            },
            List.of(bytes("instance=abc-1_2&state=running"))));
  }

  /** Reads a value, or refuses to. */
  private interface Reader<F, T> {

    T read(F from) throws MalformedException;
  }

  private static <T> Parser body(
      String name, Reader<byte[], T> reader, Function<T, byte[]> writer, T seed) {
    return Parser.of(
        name,
        MalformedException.class,
        bytes -> {
          T value = reader.read(bytes);
          require(reader.read(writer.apply(value)).equals(value), "what is written can be read");
        },
        List.of(writer.apply(seed)));
  }

  private static <T> Parser path(
      String name, Reader<String, Optional<T>> reader, Function<T, String> writer, List<T> seeds) {
    return Parser.of(
        name,
        MalformedException.class,
        bytes -> {
          Optional<T> path = reader.read(text(bytes));
          if (path.isPresent()) {
            String written = writer.apply(path.get());
            require(reader.read(written).equals(path), "what is written can be read");
          }
        },
        seeds.stream().map(writer).map(Parser::bytes).toList());
  }

  private static void frames(byte[] bytes) throws MalformedException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    OutputFrame.Reader reader = new OutputFrame.Reader(in::read);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try {
      for (var kind = reader.next(); kind.isPresent(); kind = reader.next()) {
        again.writeBytes(OutputFrame.of(kind.get(), reader.content(), 0, reader.length()));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    require(Arrays.equals(again.toByteArray(), bytes), "what is written can be read");
  }

  /** Up to where they end, which is no fault. */
  private static void relayLines(byte[] bytes) throws MalformedException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    try {
      while (true) {
        again.writeBytes(RelayLine.read(in).bytes());
      }
    } catch (EOFException e) {
      require(
          Arrays.equals(again.toByteArray(), Arrays.copyOf(bytes, again.size())),
          "what is written can be read");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A head of no more bytes and headers than there may be, and not a byte more read. */
  private static void head(byte[] bytes) throws MalformedException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      HttpHead head = HttpHead.read(in);
      require(head.headers().size() <= Limits.HEADER_COUNT, "few headers");
      int read = bytes.length - in.available();
      require(read <= Limits.HEADERS, "a head that is not too long");
      require(
          new String(bytes, 0, read, StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n"),
          "read to its end");
      require(head.bodyLength((int) SIZE) <= SIZE, "a body that is not too long");
    } catch (EOFException e) {
      require(in.available() == 0, "all was read");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void range(String header) {
    if (ByteRange.parse(header, SIZE) instanceof ByteRange.Selection.Part(ByteRange part)) {
      require(part.first() >= 0 && part.length() > 0, "a part that has bytes");
      require(part.first() + part.length() <= SIZE, "a part of what there is");
    }
  }

  /** As Undertow hands it on. */
  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
