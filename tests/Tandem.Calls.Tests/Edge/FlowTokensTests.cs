using System.Net;
using System.Text;
using Tandem.Calls.Edge;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Edge;

/// <summary>RFC 5626 §5.2: a token names a flow, and only its node can make one.</summary>
public class FlowTokensTests
{
    private static readonly byte[] Secret = "a secret of the nodes"u8.ToArray();

    public static TheoryData<SipTransportKind, string, int, long> Flows => new()
    {
        { SipTransportKind.Udp, "192.0.2.7", 5060, 0 },
        { SipTransportKind.Tcp, "192.0.2.7", 40_001, 17 },
        { SipTransportKind.Wss, "2001:db8::17", 65_535, long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(Flows))]
    public void A_flow_comes_back_from_its_token(SipTransportKind transport, string host, int port, long connection)
    {
        var flow = new SipFlow(transport, NetAddress.From(IPAddress.Parse("198.51.100.1"), 5061), NetAddress.From(IPAddress.Parse(host), port), connection);
        var tokens = new FlowTokens(Secret, "here");
        var text = tokens.Make(flow);

        Assert.True(tokens.TryRead(Encoding.ASCII.GetBytes(text), out var read, out var isOfThisRun));
        Assert.Equal(flow, read);
        Assert.True(isOfThisRun);
        Assert.All(text, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(17, false)]
    public void A_connection_does_not_outlive_the_process_and_datagrams_do(long connection, bool isThere)
    {
        var flow = new SipFlow(connection == 0 ? SipTransportKind.Udp : SipTransportKind.Tcp, default, NetAddress.FromV4(1, 2), connection);
        var text = Encoding.ASCII.GetBytes(new FlowTokens(Secret, "here").Make(flow));

        Assert.True(new FlowTokens(Secret, "here").TryRead(text, out var read, out var isOfThisRun));
        Assert.Equal(flow, read);
        Assert.Equal(isThere, isOfThisRun);
    }

    [Fact]
    public void No_other_node_no_other_secret_and_no_changed_character_is_believed()
    {
        var text = Encoding.ASCII.GetBytes(new FlowTokens(Secret, "here").Make(new SipFlow(SipTransportKind.Tcp, default, NetAddress.FromV4(1, 2), 3)));
        Assert.False(new FlowTokens(Secret, "there").TryRead(text, out _, out _));
        Assert.False(new FlowTokens("another secret"u8.ToArray(), "here").TryRead(text, out _, out _));
        var own = new FlowTokens(Secret, "here");
        for (var i = 0; i < text.Length; i++)
        {
            var changed = text.ToArray();
            changed[i] = changed[i] == (byte)'A' ? (byte)'B' : (byte)'A';
            if (!changed.AsSpan().SequenceEqual(text))
                Assert.False(own.TryRead(changed, out _, out _), $"with another character at {i}");
        }

        Assert.False(own.TryRead(text.AsSpan(1), out _, out _));
        Assert.False(own.TryRead([], out _, out _));
    }
}
