package dev.peer.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateParsingException;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.DEROctetString;
import org.junit.jupiter.api.Test;

class DerReaderTest {

  @Test
  void readsElementsOfEveryLengthAsAnotherWriterWritesThem() throws Exception {
    for (int length : List.of(0, 1, 127, 128, 255, 256, 65_535, 65_536)) {
      byte[] content = new byte[length];
      DerReader reader = new DerReader(new DEROctetString(content).getEncoded());

      assertThat(reader.read(DerReader.OCTET_STRING)).isEqualTo(content);
      reader.end();
    }
  }

  @Test
  void readsOneElementAfterAnother() throws Exception {
    DerReader reader = reader("0401aa 8002bbcc");

    assertThat(reader.isNext(DerReader.OCTET_STRING)).isTrue();
    assertThat(reader.read(DerReader.OCTET_STRING)).containsExactly(0xaa);
    assertThat(reader.isNext(DerReader.OCTET_STRING)).isFalse();
    assertThat(reader.read(DerReader.contextTag(0))).containsExactly(0xbb, 0xcc);
    assertThat(reader.isNext(DerReader.OCTET_STRING)).isFalse();
    reader.end();
  }

  @Test
  void refusesWhatIsNoDer() {
    for (String malformed :
        List.of(
            "", // nothing at all
            "3000", // another tag
            "04", // no length
            "0402aa", // shorter than its length
            "0480aa0000", // an indefinite length
            "048101aa", // a length that is not the shortest
            "04820001aa", // nor this
            "0483000080" + "00".repeat(128), // nor this
            "0481", // no byte of its length
            "048480000000", // a length of more bytes than are accepted
            "04ffaa")) {
      assertThatThrownBy(() -> reader(malformed).read(DerReader.OCTET_STRING))
          .as(malformed)
          .isInstanceOf(CertificateParsingException.class);
    }
  }

  @Test
  void refusesBytesAfterTheLastElement() throws Exception {
    DerReader reader = reader("0401aa00");
    reader.read(DerReader.OCTET_STRING);

    assertThatThrownBy(reader::end).isInstanceOf(CertificateParsingException.class);
  }

  private static DerReader reader(String hex) {
    return new DerReader(HexFormat.of().parseHex(hex.replace(" ", "")));
  }
}
