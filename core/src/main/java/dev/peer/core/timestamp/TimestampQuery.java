package dev.peer.core.timestamp;

import dev.peer.core.id.Digest;
import dev.peer.core.id.Printable;
import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * One query to a time-stamping authority, and the reading of its answer: over the SHA-256 of the
 * bytes, with its own nonce, asking for the authority's certificates, with any policy.
 */
public final class TimestampQuery {

  /** The most bytes that an answer may have. */
  public static final int LARGEST_ANSWER = TimestampToken.LARGEST + 1024;

  private static final int NONCE_BITS = 127;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TimeStampRequest request;

  private TimestampQuery(TimeStampRequest request) {
    this.request = request;
  }

  /** Asks for a token over these bytes. */
  public static TimestampQuery over(byte[] stamped) {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    return new TimestampQuery(
        generator.generate(
            TSPAlgorithms.SHA256,
            HexFormat.of().parseHex(Digest.of(stamped).hex()),
            new BigInteger(NONCE_BITS, RANDOM)));
  }

  /** The bytes to be sent. */
  public byte[] der() {
    try {
      return request.getEncoded();
    } catch (IOException e) {
      throw new IllegalStateException("a query made here has an encoding", e);
    }
  }

  /**
   * The token in an answer, in DER. That it is over the bytes and has the nonce is checked here;
   * whose it is, and whether it holds, {@link TimestampVerifier} says.
   *
   * @throws TimestampException if the authority refuses, or answers something else
   */
  public TimestampToken token(byte[] answer) throws TimestampException {
    try {
      TimeStampResponse response = new TimeStampResponse(answer);
      response.validate(request);
      TimeStampToken token = response.getTimeStampToken();
      if (token == null) {
        throw new TimestampException(
            "it refuses (status " + response.getStatus() + "): " + said(response));
      }
      return TimestampToken.of(token.getEncoded("DER"));
    } catch (IOException | TSPException | RuntimeException | StackOverflowError e) {
      // Among them those that BouncyCastle throws at nonsense and at deep nesting.
      throw new TimestampException(
          "its answer is not one to the query: " + Printable.plain(String.valueOf(e.getMessage())),
          e);
    }
  }

  private static String said(TimeStampResponse response) {
    return response.getStatusString() == null
        ? "it does not say why"
        : Printable.of(response.getStatusString());
  }
}
