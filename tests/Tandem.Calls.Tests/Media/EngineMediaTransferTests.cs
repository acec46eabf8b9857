using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Ports;
using Tandem.Calls.Tenants;
using Tandem.Testing.Network;

namespace Tandem.Calls.Tests.Media;

/// <summary>Phones that come to another session of the real engine.</summary>
public sealed class EngineMediaTransferTests : EngineMediaFixture
{
    private static readonly int FirstPort = UdpPorts.Range(64);

    public EngineMediaTransferTests()
        : base(FirstPort)
    {
    }

    // What a transfer does with its new session: the target answers an offer of the transferred phone's last SDP, and that phone gets the
    // answer as an offer. An attended one does it over two sessions, one for each shard.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_transferred_phone_and_its_target_hear_each_other(bool overTwoShards)
    {
        using var transferee = Phone(out var transfereePort);
        using var target = Phone(out var targetPort);
        var transfereeSdp = Sdp(transfereePort);
        var targetSdp = Sdp(targetPort);

        var near = Service.Open(Call, TenantId.Default, _ => { })!;
        near.Expect(CallSide.Caller, Peer);
        var toTarget = near.Offer(CallSide.Caller, transfereeSdp);
        Assert.True(toTarget.IsAccepted);
        MediaResult fromTarget;
        var far = overTwoShards ? Service.Open(new CallId("01JD0000000000000000000001"), TenantId.Default, _ => { })! : near;
        if (overTwoShards)
        {
            toTarget = far.Offer(CallSide.Caller, toTarget.Sdp);
            Assert.True(toTarget.IsAccepted);
            fromTarget = far.Answer(CallSide.Callee, targetSdp);
            Assert.True(near.Answer(CallSide.Callee, fromTarget.Sdp).IsAccepted);
        }
        else
        {
            fromTarget = new MediaResult(targetSdp);
            Assert.True(near.Answer(CallSide.Callee, targetSdp).IsAccepted);
        }

        var toTransferee = near.Offer(CallSide.Callee, fromTarget.Sdp);
        Assert.True(toTransferee.IsAccepted);
        Assert.True(near.Answer(CallSide.Caller, transfereeSdp).IsAccepted);

        var packet = new byte[172];
        packet[0] = 0x80;
        transferee.SendTo(packet, new IPEndPoint(IPAddress.Loopback, PortOf(toTransferee)));
        Assert.True(target.Poll(Patience, SelectMode.SelectRead));
        target.Receive(packet);
        target.SendTo(packet, new IPEndPoint(IPAddress.Loopback, PortOf(toTarget)));
        Assert.True(transferee.Poll(Patience, SelectMode.SelectRead));
        near.Close();
        far.Close();
        WaitUntil(() => Service.PortsInUse == 0);
    }

    // RFC 3264 §8: the id of the origin stays, the version grows by one. So it must for a phone that a transfer brings to another call.
    [Fact]
    public void A_phone_that_comes_from_another_session_sees_the_same_origin()
    {
        var before = Service.Open(Call, TenantId.Default, _ => { })!;
        var first = Origin(before.Offer(CallSide.Caller, Sdp(4000)));
        before.Answer(CallSide.Callee, Sdp(4002));

        var after = Service.Open(new CallId("01JD0000000000000000000002"), TenantId.Default, _ => { })!;
        after.ContinueOrigin(CallSide.Caller, before, CallSide.Callee);
        var second = Origin(after.Offer(CallSide.Callee, Sdp(4004)));
        Assert.Equal(first[1], second[1]);
        Assert.Equal(long.Parse(first[2]) + 1, long.Parse(second[2]));

        // The transfer fails after all: the old session goes on from there.
        before.Offer(CallSide.Caller, Sdp(4006));
        before.AbandonOffer();
        var third = Origin(before.Offer(CallSide.Caller, Sdp(4000)));
        Assert.Equal(first[1], third[1]);
        Assert.True(long.Parse(third[2]) > long.Parse(second[2]));
        before.Close();
        after.Close();
    }

    private static string[] Origin(MediaResult result)
    {
        Assert.True(result.IsAccepted);
        var line = Encoding.UTF8.GetString(result.Sdp.Span).Split("\r\n").Single(l => l.StartsWith("o=", StringComparison.Ordinal));
        return line.Split(' ');
    }
}
