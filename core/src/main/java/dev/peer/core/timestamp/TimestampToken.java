package dev.peer.core.timestamp;

import java.io.IOException;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.cmp.PKIStatus;
import org.bouncycastle.asn1.cmp.PKIStatusInfo;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.tsp.TimeStampResp;

/** The bytes of a time-stamp token (RFC 3161): nothing about them is trusted, or even looked at. */
public final class TimestampToken {

  /** The most bytes that a token may have; with a chain of certificates it has some thousands. */
  public static final int LARGEST = 32 << 10;

  private final byte[] der;

  private TimestampToken(byte[] der) {
    this.der = der;
  }

  /** Copies the bytes; refuses none and more than {@link #LARGEST}. */
  public static TimestampToken of(byte[] der) {
    if (der.length == 0 || der.length > LARGEST) {
      throw new IllegalArgumentException(
          "a time-stamp token has 1 to " + LARGEST + " bytes, this one " + der.length);
    }
    return new TimestampToken(der.clone());
  }

  /** A copy of the bytes. */
  public byte[] der() {
    return der.clone();
  }

  /**
   * The answer of an authority that grants this token, in DER: some formats carry the whole answer.
   * Only for a token that was verified.
   */
  public byte[] granted() {
    try {
      return new TimeStampResp(new PKIStatusInfo(PKIStatus.granted), ContentInfo.getInstance(der))
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("a token that was verified has an encoding", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TimestampToken that && Arrays.equals(der, that.der);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(der);
  }
}
