using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Srtp;

// RFC 3711 appendix B.2, with both implementations.
public class AesCounterTests
{
    private const int Octets = 1_044_512;

    private static readonly byte[] Key = Convert.FromHexString("2B7E151628AED2A6ABF7158809CF4F3C");
    private static readonly byte[] Iv = Convert.FromHexString("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000");

    public static TheoryData<int, string> KeyStream => new()
    {
        { 0x0000, "E03EAD0935C95E80E166B16DD92B4EB4" },
        { 0x0001, "D23513162B02D0F72A43A2FE4A5F97AB" },
        { 0x0002, "41E95B3BB0A2E8DD477901E4FCA894C0" },
        { 0xFEFF, "EC8CDF7398607CB0F2D21675EA9EA1E4" },
        { 0xFF00, "362B7C3C6773516318A077D7FC5073AE" },
        { 0xFF01, "6A2CC3787889374FBEB4C81B17BA6C44" },
    };

    [Theory, MemberData(nameof(KeyStream))]
    public void Gives_the_key_stream_of_the_vectors(int block, string expected)
    {
        foreach (var counter in Both())
        {
            using (counter)
            {
                var data = new byte[Octets];
                counter.Crypt(Iv, data);
                Assert.Equal(expected, Convert.ToHexString(data, block * 16, 16));
            }
        }
    }

    [Fact]
    public void Both_agree_at_every_length()
    {
        var source = new byte[300];
        new Random(1).NextBytes(source);
        for (var length = 0; length <= source.Length; length++)
        {
            byte[]? first = null;
            foreach (var counter in Both())
            {
                using (counter)
                {
                    var data = source[..length];
                    counter.Crypt(Iv, data);
                    first ??= data.ToArray();
                    Assert.Equal(first, data);
                    counter.Crypt(Iv, data);
                    Assert.Equal(source[..length], data);
                }
            }
        }
    }

    private static IEnumerable<AesCounter> Both()
    {
        yield return new EvpCounter(Key);
        if (AesNiCounter.IsSupported)
            yield return new AesNiCounter(Key);
    }
}
