package dev.peer.result;

import dev.peer.core.id.Printable;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.TarReader;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.core.sign.Attestation;
import dev.peer.core.sign.IncomingRecord;
import dev.peer.core.sign.KeptLists;
import dev.peer.core.sign.RecordVerifier;
import dev.peer.core.sign.VerificationException;
import dev.peer.core.sign.VerifiedAttestation;
import dev.peer.core.store.Store;
import dev.peer.core.store.StoredEntry;
import dev.peer.core.store.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A result as one file: a tar of {@code attestation.json}, {@code crl.pem} where revocation lists
 * were kept with it, and {@code bundle.tar.zst}, in this order.
 */
public final class ResultArchive {

  private static final String ATTESTATION = "attestation.json";
  private static final String LISTS = "crl.pem";
  private static final String BUNDLE = "bundle.tar.zst";
  private static final int CHUNK = 1 << 16;

  private ResultArchive() {}

  /** Writes one that was verified; the stream stays open. */
  public static void write(StoredEntry entry, OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    put(tar, ATTESTATION, entry.attestation().bytes());
    if (!entry.lists().equals(KeptLists.NONE)) {
      put(tar, LISTS, entry.lists().pem().getBytes(StandardCharsets.UTF_8));
    }
    begin(tar, BUNDLE, Files.size(entry.bundleFile()));
    Files.copy(entry.bundleFile(), tar);
    tar.closeArchiveEntry();
    tar.finish();
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    begin(tar, name, content.length);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static void begin(TarArchiveOutputStream tar, String name, long size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setModTime(0L);
    entry.setMode(0644);
    tar.putArchiveEntry(entry);
  }

  /**
   * Takes one in: verified and whole, or not at all.
   *
   * @throws MalformedException if it does not have the form of {@link #write}
   * @throws VerificationException if it does not hold
   */
  public static StoredRecord read(InputStream in, Store store, RecordVerifier verifier)
      throws IOException, MalformedException, VerificationException {
    try (TarReader tar = new TarReader(in);
        ScratchDirectory staged = store.stage()) {
      TarArchiveEntry entry = next(tar, ATTESTATION);
      Attestation attestation =
          Attestation.of(content(tar, entry, ATTESTATION, Attestation.LARGEST));
      entry = next(tar, BUNDLE + " or " + LISTS);
      KeptLists lists = KeptLists.NONE;
      if (entry.getName().equals(LISTS)) {
        lists =
            new KeptLists(
                new String(content(tar, entry, LISTS, KeptLists.LARGEST), StandardCharsets.UTF_8));
        entry = next(tar, BUNDLE);
      }
      VerifiedAttestation verified = verifier.verifyAnyRun(attestation, lists);
      Path unpacked = Files.createDirectory(staged.path().resolve("unpacked"));
      try (IncomingRecord incoming =
          verifier.receive(verified, staged.path().resolve("bundle"), unpacked)) {
        copy(tar, entry, verified.bundle().size(), incoming);
        if (tar.next() != null) {
          throw new MalformedException("it has more bytes after the bundle");
        }
        return store.keepSynced(incoming.finish());
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static TarArchiveEntry next(TarReader tar, String expected) throws MalformedException {
    TarArchiveEntry entry = tar.next();
    if (entry == null) {
      throw new MalformedException("it ends where " + expected + " was expected");
    }
    return entry;
  }

  private static void require(TarArchiveEntry entry, String name) throws MalformedException {
    if (!entry.getName().equals(name) || !TarReader.isPlainFile(entry)) {
      throw new MalformedException(
          "where the file " + name + " was expected there is " + Printable.of(entry.getName()));
    }
  }

  private static byte[] content(TarReader tar, TarArchiveEntry entry, String name, int most)
      throws IOException, MalformedException {
    require(entry, name);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (int n = read(tar, chunk); n >= 0; n = read(tar, chunk)) {
      bytes.write(chunk, 0, n);
      if (bytes.size() > most) {
        throw new MalformedException(name + " has more than " + most + " bytes");
      }
    }
    return bytes.toByteArray();
  }

  private static void copy(TarReader tar, TarArchiveEntry entry, long size, OutputStream to)
      throws IOException, MalformedException {
    require(entry, BUNDLE);
    if (entry.getSize() != size) {
      throw new MalformedException(
          BUNDLE + " has " + entry.getSize() + " bytes, and " + size + " were signed");
    }
    byte[] chunk = new byte[CHUNK];
    for (int n = read(tar, chunk); n >= 0; n = read(tar, chunk)) {
      to.write(chunk, 0, n);
    }
  }

  private static int read(TarReader tar, byte[] chunk) throws MalformedException {
    try {
      return tar.content().read(chunk);
    } catch (IOException e) {
      throw new MalformedException("it cannot be read to its end: " + e.getMessage(), e);
    }
  }
}
