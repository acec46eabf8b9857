using System.Net;
using System.Net.Sockets;
using Tandem.Scenarios.Peers;
using Tandem.Testing.Phones;

namespace Tandem.Scenarios;

/// <summary>Both families on one port, as it is without any setting: a phone that has only IPv6 and one that has only IPv4 talk, each in its own.</summary>
[BesideOthers]
public class Ipv6Tests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_phone_of_each_family_talks_to_one_of_the_other(bool isCallerV6)
    {
        using var scratch = new ScratchFolder();
        using var server = await TandemServer.StartAsync(scratch);
        var (callerHost, calleeHost) = isCallerV6 ? (IPAddress.IPv6Loopback, IPAddress.Loopback) : (IPAddress.Loopback, IPAddress.IPv6Loopback);
        using var caller = await WirePhone.ConnectAsync(server, "100", ProtocolType.Udp, callerHost);
        using var callee = await WirePhone.ConnectAsync(server, "101", ProtocolType.Udp, calleeHost);
        await caller.RegisterAsync();
        await callee.RegisterAsync();
        var users = (await server.GetAsync("/api/users")).EnumerateArray().ToDictionary(u => u.GetProperty("number").GetString()!, u => u.GetProperty("address").GetString());
        Assert.Equal((callerHost.ToString(), calleeHost.ToString()), (users["100"], users["101"]));

        var calling = caller.AskAsync("INVITE", "101", caller.Contact(), Audio(callerHost));
        var invite = await callee.ExpectAsync("INVITE");
        ExpectFamily(invite, calleeHost, server);
        Assert.Contains($"{Bracketed(calleeHost)}:{server.SipPort}", invite["Via"], StringComparison.Ordinal);
        await callee.ReplyAsync(invite, 200, Audio(calleeHost));
        var answer = await calling;
        Assert.True(answer.Status == 200, answer.ToString());
        ExpectFamily(answer, callerHost, server);
        await caller.AcknowledgeAsync(answer);
        await callee.ExpectAsync("ACK");

        // The caller hangs up to the Contact that it was told.
        var ending = caller.HangUpAsync(answer);
        await callee.ReplyAsync(await callee.ExpectAsync("BYE"), 200);
        await ending;
        var history = await server.EventuallyAsync("/api/calls/history", h => h.GetArrayLength() == 1, "the call has its record");
        Assert.Equal("NORMAL", history[0].GetProperty("terminationReason").GetString());
    }

    private static string Bracketed(IPAddress host) => host.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{host}]" : host.ToString();

    private static string Audio(IPAddress host)
    {
        var sdp = Sdp.Audio(host.ToString(), 40_000);
        return host.AddressFamily == AddressFamily.InterNetworkV6 ? sdp.Replace("IN IP4", "IN IP6", StringComparison.Ordinal) : sdp;
    }

    // The session (RFC 4566 §5.7) and the Contact that a phone is told are of its own family, and nothing of the other is in them.
    private static void ExpectFamily(WireMessage message, IPAddress host, TandemServer server)
    {
        var (own, other) = host.AddressFamily == AddressFamily.InterNetworkV6 ? ("IP6", "IP4") : ("IP4", "IP6");
        Assert.Contains($"c=IN {own} {host}\r\n", message.Body, StringComparison.Ordinal);
        Assert.DoesNotContain($"IN {other} ", message.Body, StringComparison.Ordinal);
        Assert.Contains($"{Bracketed(host)}:{server.SipPort}", message.ContactUri, StringComparison.Ordinal);
    }
}
