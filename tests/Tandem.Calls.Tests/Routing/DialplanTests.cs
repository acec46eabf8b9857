using Tandem.Calls.Calls;
using Tandem.Calls.Registrar;
using Tandem.Calls.Routing;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tests.Routing;

public class DialplanTests
{
    private static readonly DialRequest Request = new(TenantId.Default, "100", "101");
    private static readonly DialSnapshot Ready = new() { InRange = true, Exists = true, Contacts = [Contact("a", 1000)], CallWaiting = true, MaxContacts = 10 };

    public static TheoryData<string, DialRequest, DialSnapshot, int, EndReason> Refusals => new()
    {
        { "outside the range", Request, Ready with { InRange = false }, 404, EndReason.NotFound },
        { "no extension", Request, Ready with { Exists = false }, 404, EndReason.NotFound },
        { "to oneself", Request with { CalledNumber = "100" }, Ready, 400, EndReason.Rejected },
        { "not registered", Request, Ready with { Contacts = [] }, 480, EndReason.NotRegistered },
        { "sips, no contact over TLS", Request with { IsSips = true }, Ready, 480, EndReason.NotRegistered },
        { "in a call, no call waiting", Request, Ready with { InCall = true, CallWaiting = false }, 486, EndReason.Busy },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_call_that_cannot_ring_is_refused(string because, DialRequest request, DialSnapshot snapshot, int status, EndReason reason)
    {
        var reject = Assert.IsType<DialDecision.Reject>(Dialplan.Decide(request, snapshot));
        Assert.True((status, reason) == (reject.Status, reject.Reason), because);
    }

    [Fact]
    public void Call_waiting_lets_a_callee_in_a_call_ring()
    {
        Assert.IsType<DialDecision.Ring>(Dialplan.Decide(Request, Ready with { InCall = true }));
    }

    [Fact]
    public void All_contacts_ring_the_best_first_up_to_the_limit()
    {
        var contacts = new[] { Contact("low", 100), Contact("high", 900), Contact("middle", 500) };
        var ring = Assert.IsType<DialDecision.Ring>(Dialplan.Decide(Request, Ready with { Contacts = contacts, MaxContacts = 2 }));
        Assert.Equal(["high", "middle"], ring.Contacts.Select(c => c.ContactUri));
    }

    private static Binding Contact(string uri, int q) => new()
    {
        Tenant = TenantId.Default,
        Number = "101",
        ContactUri = uri,
        Flow = new SipFlow(SipTransportKind.Udp, default, NetAddress.FromV4(0x0A000001, 5060)),
        Q = q,
        RegisterCallId = "r",
        RegisterCSeq = 1,
        ExpiresSeconds = 60,
        RegisteredAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
    };
}
