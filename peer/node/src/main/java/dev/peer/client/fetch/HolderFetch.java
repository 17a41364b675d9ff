package dev.peer.client.fetch;

import dev.peer.client.AnswerBody;
import dev.peer.client.BoundedHttpClient;
import dev.peer.client.Timeouts;
import dev.peer.core.chunk.ChunkList;
import dev.peer.core.find.Fetch;
import dev.peer.core.find.FetchException;
import dev.peer.core.find.FetchException.Fault;
import dev.peer.core.find.Holder;
import dev.peer.core.id.Digest;
import dev.peer.core.id.PeerId;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.record.Content;
import dev.peer.core.record.DeltaReader;
import dev.peer.core.record.MalformedException;
import dev.peer.core.sign.Attestation;
import dev.peer.core.trust.Identity;
import dev.peer.tls.Response;
import dev.peer.tls.TlsIdentity;
import dev.peer.wire.ByteRange;
import dev.peer.wire.Limits;
import dev.peer.wire.MediaTypes;
import dev.peer.wire.PeerPath;
import dev.peer.wire.RuntimeList;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fetches results, files of Git LFS and prepared runtimes from their holders. */
public final class HolderFetch implements Fetch, AutoCloseable {

  /** A whole result; a peer that has none of that kind to give sends the attestation. */
  private static final String RESULTS = MediaTypes.RESULT + ", " + MediaTypes.ATTESTATION;

  private static final ByteRange FIRST_BYTE = new ByteRange(0, 1);
  private static final Pattern SIZE = Pattern.compile("bytes 0-0/(\\d{1,9})");

  private final Timeouts patience;
  private final HolderConnections connections;

  /** Opens no connection yet. */
  public HolderFetch(TlsIdentity identity, Timeouts patience) {
    this.patience = patience;
    connections = new HolderConnections(identity, patience);
  }

  @Override
  public Attestation attestation(Holder holder, RunKey key)
      throws FetchException, InterruptedException {
    return attestation(holder, connections.open(holder, new PeerPath.Result(key)));
  }

  @Override
  public Reply result(Holder holder, RunKey key) throws FetchException, InterruptedException {
    Response answer = connections.open(holder, new PeerPath.Result(key), Map.of("Accept", RESULTS));
    if (!BoundedHttpClient.isOf(answer, MediaTypes.RESULT)) {
      return new Reply(attestation(holder, answer), Optional.empty());
    }
    BundleBehind bundle = new BundleBehind(new HolderAnswer(holder, answer, patience));
    boolean done = false;
    try {
      Reply reply = new Reply(bundle.attestation(), Optional.of(bundle));
      done = true;
      return reply;
    } finally {
      if (!done) {
        bundle.close();
      }
    }
  }

  @Override
  public long largestAtOnce() {
    return Limits.BUNDLE_AT_ONCE;
  }

  private Attestation attestation(Holder holder, Response answer)
      throws FetchException, InterruptedException {
    HolderAnswer named = new HolderAnswer(holder, answer, patience);
    try (AnswerBody body = named.body(Limits.ATTESTATION)) {
      byte[] bytes = body.readAtMost(Limits.ATTESTATION);
      if (bytes.length > Limits.ATTESTATION) {
        throw named.gave("an attestation of more than " + Limits.ATTESTATION + " bytes");
      }
      return Attestation.of(bytes);
    } catch (IOException e) {
      throw HolderAnswer.unreachable(holder, e);
    }
  }

  @Override
  public Set<PeerId> servers(Holder holder) {
    return connections.servers(holder);
  }

  @Override
  public Download bundle(Holder holder, Content bundle, long from)
      throws FetchException, InterruptedException {
    return Transfer.open(connections, patience, holder, body(bundle), from);
  }

  private static Transfer.Body body(Content bundle) {
    return new Transfer.Body(
        new PeerPath.Blob(bundle.digest()), "the bundle " + bundle.digest(), bundle.size());
  }

  @Override
  public Optional<Parts> parts(Holder holder, Content bundle)
      throws FetchException, InterruptedException {
    return chunks(holder, new PeerPath.Chunks(bundle.digest()), bundle)
        .map(list -> new ListedParts(holder, body(bundle), list));
  }

  /** Empty if the holder has no such list. */
  private Optional<ChunkList> chunks(Holder holder, PeerPath path, Content content)
      throws FetchException, InterruptedException {
    Optional<Response> answer = openIfHeld(holder, path, Map.of());
    if (answer.isEmpty()) {
      return Optional.empty();
    }
    try (AnswerBody body =
        new HolderAnswer(holder, answer.get(), patience).body(ChunkList.LARGEST)) {
      return Optional.of(ChunkList.parse(body.readAtMost(ChunkList.LARGEST), content.size()));
    } catch (IllegalArgumentException e) {
      throw new FetchException(
          Fault.WRONG,
          "the list of chunks of " + holder.id() + " is refused: " + e.getMessage(),
          e);
    } catch (IOException e) {
      throw HolderAnswer.unreachable(holder, e);
    }
  }

  /** Empty if the holder has no such thing. */
  private Optional<Response> openIfHeld(Holder holder, PeerPath path, Map<String, String> headers)
      throws FetchException, InterruptedException {
    try {
      return Optional.of(connections.open(holder, path, headers));
    } catch (FetchException e) {
      if (e.fault() == Fault.REFUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private final class ListedParts implements Parts {

    private final Holder holder;
    private final Transfer.Body content;
    private final ChunkList list;

    ListedParts(Holder holder, Transfer.Body content, ChunkList list) {
      this.holder = holder;
      this.content = content;
      this.list = list;
    }

    @Override
    public ChunkList list() {
      return list;
    }

    @Override
    public Download part(long from, long length) throws FetchException, InterruptedException {
      return Transfer.open(connections, patience, holder, content, new ByteRange(from, length));
    }
  }

  /** Asks the holder for a file of Git LFS. The caller checks its content. */
  public Download largeFile(Holder holder, RepoId repo, Content content)
      throws FetchException, InterruptedException {
    return Transfer.open(
        connections,
        patience,
        holder,
        new Transfer.Body(
            new PeerPath.LargeFile(repo, content.digest()),
            "the file " + content.digest(),
            content.size()),
        0);
  }

  /** The attestations of the runtimes that the holder serves. The caller verifies them. */
  public List<Attestation> runtimes(Holder holder, RepoId repo, Digest image)
      throws FetchException, InterruptedException {
    Response response = connections.open(holder, new PeerPath.Runtimes(repo, image));
    HolderAnswer answer = new HolderAnswer(holder, response, patience);
    try (AnswerBody body = answer.body(RuntimeList.LARGEST)) {
      connections.noteCaller(holder, response);
      return RuntimeList.parse(body.readAtMost(RuntimeList.LARGEST)).attestations();
    } catch (MalformedException e) {
      throw new FetchException(
          Fault.WRONG, "the list of runtimes of " + holder.id() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw HolderAnswer.unreachable(holder, e);
    }
  }

  /**
   * Who a holder would be if it asked this peer for something, by the certificate with which it
   * last listed its runtimes. Empty if it never did, or nobody may call with that certificate.
   */
  public Optional<Identity> asCaller(Holder holder) {
    return connections.asCaller(holder);
  }

  /** Fetches contents of the runtimes of a repository that were prepared with a guest image. */
  public RuntimeFetch runtimes(RepoId repo, Digest image) {
    return new RuntimeFetch(repo, image);
  }

  /** Fetches contents of runtimes from their holders. What it returns is untrusted. */
  public final class RuntimeFetch {

    private final RepoId repo;
    private final Digest image;

    private RuntimeFetch(RepoId repo, Digest image) {
      this.repo = repo;
      this.image = image;
    }

    /**
     * Asks the holder for the content, or for the rest of it. Its bytes are yet to come.
     *
     * @param from how many of the first bytes are there already, fewer than it has
     * @throws FetchException if the holder cannot be reached or does not send it
     */
    public Download content(Holder holder, Content content, long from)
        throws FetchException, InterruptedException {
      return Transfer.open(connections, patience, holder, body(content), from);
    }

    /**
     * Asks the holder for a part of the content. Its bytes are yet to come.
     *
     * @throws FetchException if the holder cannot be reached or gives no parts
     */
    public Download part(Holder holder, Content content, long from, long length)
        throws FetchException, InterruptedException {
      return Transfer.open(
          connections, patience, holder, body(content), new ByteRange(from, length));
    }

    /**
     * Asks the holder for the list of the content's chunks.
     *
     * @return empty if it has no such list
     * @throws FetchException if the holder cannot be reached, or gives a list that is none
     */
    public Optional<ChunkList> chunks(Holder holder, Content content)
        throws FetchException, InterruptedException {
      return HolderFetch.this.chunks(holder, new PeerPath.RuntimeChunks(path(content)), content);
    }

    /**
     * Asks the holder for the delta that makes the content of a former one.
     *
     * @return empty if it has none
     * @throws FetchException if the holder cannot be reached, or gives too much
     */
    public Optional<byte[]> delta(Holder holder, Content content, Digest former)
        throws FetchException, InterruptedException {
      Optional<Response> response =
          openIfHeld(holder, new PeerPath.RuntimeDelta(path(content), former), Map.of());
      if (response.isEmpty()) {
        return Optional.empty();
      }
      HolderAnswer answer = new HolderAnswer(holder, response.get(), patience);
      try (AnswerBody body = answer.body(DeltaReader.LARGEST)) {
        byte[] delta = body.readAtMost(DeltaReader.LARGEST);
        if (delta.length > DeltaReader.LARGEST) {
          throw answer.gave("a delta of more than " + DeltaReader.LARGEST + " bytes");
        }
        return Optional.of(delta);
      } catch (IOException e) {
        throw HolderAnswer.unreachable(holder, e);
      }
    }

    /**
     * Asks the holder how many bytes that delta has.
     *
     * @return empty if it has none
     * @throws FetchException if the holder cannot be reached
     */
    public Optional<Long> deltaSize(Holder holder, Content content, Digest former)
        throws FetchException, InterruptedException {
      Optional<Response> response =
          openIfHeld(
              holder,
              new PeerPath.RuntimeDelta(path(content), former),
              Map.of(HolderConnections.RANGE, FIRST_BYTE.range()));
      if (response.isEmpty()) {
        return Optional.empty();
      }
      // Read to its end, so that the connection is kept.
      try (AnswerBody body = new HolderAnswer(holder, response.get(), patience).body(1)) {
        body.readAtMost(1);
      } catch (IOException e) {
        throw HolderAnswer.unreachable(holder, e);
      }
      return response
          .get()
          .header("Content-Range")
          .map(SIZE::matcher)
          .filter(Matcher::matches)
          .map(size -> Long.valueOf(size.group(1)));
    }

    private Transfer.Body body(Content content) {
      return new Transfer.Body(path(content), "the runtime " + content.digest(), content.size());
    }

    private PeerPath.RuntimeContent path(Content content) {
      return new PeerPath.RuntimeContent(repo, image, content.digest());
    }
  }

  /** Call it before the process ends. Cuts off transfers in progress. */
  @Override
  public void close() {
    connections.close();
  }
}
