using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

public class The_callee_sees_who_really_calls
{
    // RFC 3325 §5, §8: identity from the directory; what the phone asserts of itself is not passed on.
    [Fact]
    public void From_and_asserted_identity_come_from_the_directory()
    {
        var rig = new ExchangeRig(new CallOptions { Domain = "example.com" });
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        var a = ada.Dial("101");
        a.LocalUri = "\"The President\" <sip:100@white.house>";
        a.Invite(
            Sdp.Audio(),
            "P-Asserted-Identity: <sip:999@evil>",
            "P-Preferred-Identity: <sip:998@evil>",
            "Subject: lunch",
            "User-Agent: SecretPhone 1.0",
            "X-Location: my house",
            "Organization: ACME",
            "Call-Info: <http://evil/>",
            "Alert-Info: <http://evil/ring.wav>");
        var invite = bob.Expect("INVITE");
        Assert.StartsWith("\"Ada\" <sip:100@example.com>;tag=", invite["From"], StringComparison.Ordinal);
        Assert.Equal("<sip:101@example.com>", invite["To"]);
        Assert.Equal("\"Ada\" <sip:100@example.com>", invite["P-Asserted-Identity"]);
        Assert.Equal("lunch", invite["Subject"]);
        Assert.Equal("Tandem", invite["User-Agent"]);
        Assert.Equal(
            ["Via", "Max-Forwards", "From", "To", "Call-ID", "CSeq", "Contact", "Allow", "Supported", "User-Agent",
             "P-Asserted-Identity", "Session-Expires", "Session-ID", "Subject", "Content-Type", "Content-Length"],
            invite.Headers.Select(h => h.Name));
        Assert.DoesNotContain("10.0.0.1", invite.ToString(), StringComparison.Ordinal);
        var b = bob.Take(invite);
        b.Reply(invite, 180, "", "P-Asserted-Identity: <sip:999@evil>", "User-Agent: BobPhone");
        var ringing = ada.Expect("180");
        Assert.Equal("\"Bob\" <sip:101@example.com>", ringing["P-Asserted-Identity"]);
        Assert.False(ringing.Has("User-Agent"));
    }

    // RFC 3323 §4.1, RFC 3325 §7.
    [Fact]
    public void A_caller_who_wants_privacy_is_anonymous()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var bob = rig.Phone("101");
        ada.Dial("101").Invite(Sdp.Audio(), "Privacy: id;critical");
        var invite = bob.Expect("INVITE");
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=", invite["From"], StringComparison.Ordinal);
        Assert.False(invite.Has("P-Asserted-Identity"));
        Assert.DoesNotContain("100@", invite.ToString(), StringComparison.Ordinal);
        Assert.Equal("100", Assert.Single(rig.Calls).CallerNumber);
    }

    // RFC 3261 §22.3: the identity is the one that was authenticated.
    [Fact]
    public void With_credentials_the_user_of_the_digest_is_the_caller()
    {
        var rig = new ExchangeRig(credentials: true);
        var eve = rig.Phone("104");
        var bob = rig.Phone("101");
        var e = eve.Dial("101");
        e.LocalUri = "<sip:100@198.51.100.1>";
        e.Invite(Sdp.Audio());
        var challenge = eve.Expect("407");
        e.AckRefusal(challenge);
        Assert.Empty(rig.Events.All);
        e.Invite(Sdp.Audio(), Credentials(challenge, "104", "secret-104", "sip:101@198.51.100.1"));
        var invite = bob.Expect("INVITE");
        Assert.StartsWith("\"Eve\" <sip:104@198.51.100.1>;tag=", invite["From"], StringComparison.Ordinal);
        Assert.False(invite.Has("Proxy-Authorization"));
        Assert.Equal("104", Assert.Single(rig.Calls).CallerNumber);
        e.Cancel();
    }

    [Fact]
    public void Wrong_credentials_make_no_call()
    {
        var rig = new ExchangeRig(credentials: true);
        var eve = rig.Phone("104");
        rig.Phone("101");
        var e = eve.Dial("101");
        e.Invite(Sdp.Audio());
        var challenge = eve.Expect("407");
        e.AckRefusal(challenge);
        e.Invite(Sdp.Audio(), Credentials(challenge, "104", "guess", "sip:101@198.51.100.1"));
        e.AckRefusal(eve.Expect("407"));
        Assert.Equal("", rig.Leftovers());

        // The failure is told to the world, and nothing else: there was no call.
        var failure = Assert.IsType<AuthenticationFailed>(Assert.Single(rig.Events.All));
        Assert.Equal(("104", "INVITE"), (failure.Claimed, failure.Method));
        Assert.Null(failure.BannedFor);
    }

    // RFC 3327 §5.3: the Path of the registration is the route of the INVITE, and the flow is where it came from.
    [Fact]
    public void The_invite_goes_to_the_flow_of_the_registration_with_its_path_as_route()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var proxy = rig.Phone("102", registered: false);
        rig.Register("101", "sip:101@192.0.2.77:5099;x=1", proxy.Address, 1000, "<sip:edge.example;lr>");
        ada.Dial("101").Invite(Sdp.Audio());
        var invite = proxy.Expect("INVITE");
        Assert.Equal("sip:101@192.0.2.77:5099;x=1", invite.RequestUri);
        Assert.Equal("<sip:edge.example;lr>", invite["Route"]);
    }

    // RFC 3327 §5.4: a proxy whose Path names another address than its REGISTER came from is reached at the Path.
    [Fact]
    public void A_proxy_that_registers_from_one_address_and_listens_at_another_is_called_where_it_listens()
    {
        var rig = new ExchangeRig();
        var ada = rig.Phone("100");
        var sends = rig.Phone("102", registered: false);
        var listens = rig.Phone("103", registered: false);
        rig.Register("101", "sip:101@192.0.2.77:5099", sends.Address, 1000, $"<sip:{listens.Address};lr>");
        var call = ada.Dial("101");
        call.Invite(Sdp.Audio());
        var invite = listens.Expect("INVITE");
        Assert.Equal($"<sip:{listens.Address};lr>", invite["Route"]);
        Assert.Empty(sends.Unread);

        listens.Take(invite).Reply(invite, 486);
        ada.Expect("486");
        Assert.Equal("", rig.Leftovers());
    }

    private static string Credentials(WireMessage challenge, string user, string secret, string uri) => DigestAnswer.Header(challenge, "INVITE", uri, user, secret);
}
