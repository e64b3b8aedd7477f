import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Reads a stored password with nothing but the JDK, as every Java program that knows the passphrase
 * would: {@code Decrypt PASSPHRASE TEXT}.
 */
final class Decrypt {
  private static final String PREFIX = "{cipher}";
  private static final int IV_LENGTH = 16;

  public static void main(String[] words) throws Exception {
    if (!words[1].startsWith(PREFIX)) throw new IllegalArgumentException("not encrypted");
    String digits = words[1].substring(PREFIX.length());
    byte[] stored = new byte[digits.length() / 2];
    for (int i = 0; i < stored.length; i++) {
      stored[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
    }
    byte[] salt = "deadbeef".getBytes(StandardCharsets.UTF_8);
    byte[] key =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
            .generateSecret(new PBEKeySpec(words[0].toCharArray(), salt, 1024, 256))
            .getEncoded();
    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
    IvParameterSpec iv = new IvParameterSpec(stored, 0, IV_LENGTH);
    cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), iv);
    byte[] plain = cipher.doFinal(Arrays.copyOfRange(stored, IV_LENGTH, stored.length));
    System.out.print(new String(plain, StandardCharsets.UTF_8));
  }
}
