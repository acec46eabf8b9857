using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Routing;

/// <summary>RFC 5626 §7: at most one contact with the same address-of-record and instance at a time.</summary>
public class DeviceFlowsTests
{
    [Fact]
    public void One_way_to_each_phone_comes_first_and_the_others_in_their_order()
    {
        var flows = new DeviceFlows([Contact("a1", "a"), Contact("plain1"), Contact("b1", "b"), Contact("a2", "a"), Contact("plain2"), Contact("a3", "A")]);

        Assert.Equal(["a1", "plain1", "b1", "plain2"], flows.First.Select(b => b.ContactUri));
        Assert.True(flows.HasNext(flows.First[0]));
        Assert.False(flows.HasNext(flows.First[1]));
        Assert.Equal("a2", flows.TakeNext(flows.First[0])!.ContactUri);
        Assert.Equal("a3", flows.TakeNext(flows.First[0])!.ContactUri);
        Assert.Null(flows.TakeNext(flows.First[0]));
        Assert.Null(flows.TakeNext(flows.First[1]));
    }

    // The limit of contacts that ring counts phones.
    [Theory]
    [InlineData(1, "a1 a2")]
    [InlineData(2, "a1 b1 a2")]
    [InlineData(3, "a1 b1 a2 c1")]
    public void The_dial_plan_counts_phones(int limit, string expected)
    {
        var decision = Dialplan.Decide(
            new DialRequest(TenantId.Default, "100", "101"),
            new DialSnapshot { InRange = true, Exists = true, MaxContacts = limit, Contacts = [Contact("a1", "a", 9), Contact("b1", "b", 8), Contact("a2", "a", 7), Contact("c1", "c", 6)] });

        Assert.Equal(expected.Split(' '), Assert.IsType<DialDecision.Ring>(decision).Contacts.Select(b => b.ContactUri));
    }

    private static Binding Contact(string uri, string instance = "", int seen = 0) => new()
    {
        Tenant = TenantId.Default,
        Number = "101",
        ContactUri = uri,
        Flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0x0A000001, 5060)),
        Instance = instance.Length == 0 ? "" : $"<urn:uuid:{instance}>",
        RegisterCallId = "x",
        RegisterCSeq = 1,
        ExpiresSeconds = 60,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch.AddSeconds(seen),
    };
}
