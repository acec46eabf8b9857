using System.Text;
using Tandem.Calls.Edge;

namespace Tandem.Calls.Tests.Edge;

public class NodeSignatureTests
{
    private const long Now = 1_800_000_000;

    private static readonly byte[] Secret = "a secret of the nodes"u8.ToArray();
    private static readonly byte[] Message = "INVITE sip:100@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bKa\r\nCSeq: 1 INVITE\r\n\r\nbody"u8.ToArray();

    private readonly NodeSignature _signature = new(Secret, TimeSpan.FromSeconds(30));

    [Theory]
    [InlineData(0, true)]
    [InlineData(30, true)]
    [InlineData(-30, true)]
    [InlineData(31, false)]
    [InlineData(-31, false)]
    public void A_signature_is_good_within_its_window(int later, bool isGood)
    {
        var signed = _signature.Sign(Message, Now).Span.ToArray();
        Assert.True(NodeSignature.IsThere(signed));
        Assert.Equal(isGood, _signature.IsGood(signed, Now + later));
    }

    [Fact]
    public void The_signature_is_a_parameter_of_the_Via_and_nothing_else_changes()
    {
        var signed = Encoding.ASCII.GetString(_signature.Sign(Message, Now).Span);
        var lines = signed.Split("\r\n");
        Assert.StartsWith("Via: SIP/2.0/TCP 198.51.100.1:5060;branch=z9hG4bKa;tns=6b49d200.", lines[1], StringComparison.Ordinal);
        lines[1] = lines[1][..lines[1].IndexOf(";tns=", StringComparison.Ordinal)];
        Assert.Equal(Encoding.ASCII.GetString(Message), string.Join("\r\n", lines));
    }

    [Fact]
    public void No_byte_can_be_another_and_no_other_secret_signs()
    {
        var signed = _signature.Sign(Message, Now).Span.ToArray();
        Assert.False(new NodeSignature("another secret"u8.ToArray(), TimeSpan.FromSeconds(30)).IsGood(signed, Now));
        for (var i = 0; i < signed.Length; i++)
        {
            var changed = signed.ToArray();
            changed[i] ^= 1;
            Assert.False(_signature.IsGood(changed, Now), $"with another byte at {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("INVITE")]
    [InlineData("INVITE sip:a SIP/2.0\r\n")]
    [InlineData("INVITE sip:a SIP/2.0\r\nVia: x;tns=\r\n\r\n")]
    [InlineData("INVITE sip:a SIP/2.0\r\nVia: x;tns=6b49d200.~~~~~~~~~~~~~~~~~~~~~~~~\r\n\r\n")]
    [InlineData("INVITE sip:a SIP/2.0\r\nVia: x;tns=zzzzzzzz.AAAAAAAAAAAAAAAAAAAAAAAA\r\n\r\n")]
    public void What_is_no_signature_is_refused(string message) => Assert.False(_signature.IsGood(Encoding.ASCII.GetBytes(message), Now));
}
