using Tandem.Calls.Shards;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>
/// What each method gets (RFC 3261 §8.2, §12.2.2, §22): from an address of the provider, from a stranger, and from a stranger who knows the token
/// of our Contact; outside a dialog, and inside the dialog of a call of the provider.
/// </summary>
public sealed class TrunkMethodMatrixTests
{
    private const string Did = "+4930123456";
    private const string Silence = "-";

    private static readonly NetAddress Other = NetAddress.FromV4(0xCB007163, 5060);
    private static readonly NetAddress Stranger = NetAddress.FromV4(0xC6120707, 5060);

    /// <summary>Method; what the provider, a stranger, and a stranger with the token hear.</summary>
    public static TheoryData<string, string, string, string> Outside => new()
    {
        { "INVITE", "100", "407", "100" },
        { "OPTIONS", "200", "200", "200" },
        { "REGISTER", "401", "401", "401" },
        { "SUBSCRIBE", "401", "401", "401" },
        { "PUBLISH", "401", "401", "401" },
        { "MESSAGE", "407", "407", "407" },
        { "REFER", "407", "407", "407" },
        { "NOTIFY", "405", "405", "405" },
        { "INFO", "405", "405", "405" },
        { "UPDATE", "481", "481", "481" },
        { "BYE", "481", "481", "481" },
        { "PRACK", "481", "481", "481" },
        { "CANCEL", "481", "481", "481" },
        { "ACK", Silence, Silence, Silence },
        { "FOO", "405", "405", "405" },
    };

    /// <summary>Method; what the host of the call, another one of the provider's networks, and a stranger with the tags hear.</summary>
    public static TheoryData<string, string, string, string> Inside => new()
    {
        { "INVITE", "100", "100", "407" },
        { "OPTIONS", "200", "200", "200" },
        { "REGISTER", "401", "401", "401" },
        { "SUBSCRIBE", "403", "403", "401" },
        { "PUBLISH", "405", "405", "401" },
        { "MESSAGE", "200", "200", "407" },
        { "REFER", "403", "403", "407" },
        { "NOTIFY", "405", "405", "405" },
        { "INFO", "200", "200", "407" },
        { "UPDATE", "200", "200", "407" },
        { "BYE", "200", "200", "407" },
        { "PRACK", "481", "481", "481" },
        { "CANCEL", "481", "481", "481" },
        { "ACK", Silence, Silence, Silence },
        { "FOO", "405", "405", "405" },
    };

    [Theory]
    [MemberData(nameof(Outside))]
    public void Outside_a_dialog(string method, string provider, string stranger, string token)
    {
        Assert.Equal((provider, stranger, token), (
            Ask(method, ProfileSamples.ProviderAddress, $"{Did}@198.51.100.1:5060"),
            Ask(method, Stranger, $"{Did}@198.51.100.1:5060"),
            Ask(method, Stranger, "tokenp1@198.51.100.1:5060")));
    }

    [Theory]
    [MemberData(nameof(Inside))]
    public void Inside_a_dialog(string method, string host, string network, string stranger)
    {
        Assert.Equal((host, network, stranger), (Continue(method, ProfileSamples.ProviderAddress), Continue(method, Other), Continue(method, Stranger)));
    }

    private static string Ask(string method, NetAddress from, string requestUri)
    {
        var rig = Rig(out _);
        var phone = new ScriptedPhone(rig.Network, "carrier", from, ExchangeRig.ServerAddress);
        var d = phone.Dial("x");
        d.RemoteTarget = "sip:" + requestUri;
        d.RemoteUri = $"<sip:{Did}@provider.test>";
        d.LocalUri = "<sip:0301111111@provider.test>";
        Send(d, method);
        return Heard(rig, phone);
    }

    // The provider has called; what comes next in that dialog comes from an address.
    private static string Continue(string method, NetAddress from)
    {
        var rig = Rig(out var bob);
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        var c = carrier.Dial("x");
        c.RemoteTarget = "sip:tokenp1@198.51.100.1:5060";
        c.RemoteUri = $"<sip:{Did}@provider.test>";
        c.LocalUri = "<sip:0301111111@provider.test>";
        c.Invite(Sdp.Audio(port: 40000));
        carrier.Expect("100");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 30000), "Allow: INVITE, ACK, BYE, INFO, MESSAGE, UPDATE");
        bob.Expect("ACK");
        c.Ack(carrier.Expect("200 INVITE"));
        rig.Run(0.1);
        var phone = from == carrier.Address ? carrier : new ScriptedPhone(rig.Network, "carrier", from, ExchangeRig.ServerAddress);
        Send(phone == carrier ? c : c.MoveTo(phone), method);
        if (rig.Network.RunUntil(() => bob.Unread.Count > 0, TimeSpan.FromSeconds(0.1)) && bob.Unread[0] is { IsRequest: true, Method: "INFO" or "MESSAGE" or "UPDATE" } passed)
            b.Reply(passed, 200, passed.Method == "UPDATE" ? Sdp.Audio(port: 30000, version: 2) : "");
        return Heard(rig, phone);
    }

    private static void Send(PhoneDialog d, string method)
    {
        switch (method)
        {
            case "INVITE" or "UPDATE":
                d.Send(method, Sdp.Audio(port: 40000, version: 2));
                break;
            case "SUBSCRIBE":
                d.Send(method, "", "Event: dialog", "Expires: 60");
                break;
            case "PUBLISH" or "NOTIFY":
                d.Send(method, "", "Event: presence", "Subscription-State: active", "Expires: 60");
                break;
            case "MESSAGE":
                d.Send(method, "hello", "Content-Type: text/plain");
                break;
            case "INFO":
                d.Send(method, "<x/>", "Content-Type: application/media_control+xml");
                break;
            case "REFER":
                d.Send(method, "", "Refer-To: <sip:+12125551234@198.51.100.1>", "Contact: <sip:carrier@203.0.113.1>");
                break;
            case "PRACK":
                d.Send(method, "", "RAck: 1 1 INVITE");
                break;
            case "REGISTER":
                d.RemoteUri = d.LocalUri = "<sip:101@198.51.100.1>";
                d.Send(method, "", "Contact: <sip:evil@203.0.113.1>");
                break;
            default:
                d.Send(method);
                break;
        }
    }

    // The first answer; 100 for what became a call.
    private static string Heard(ExchangeRig rig, ScriptedPhone phone)
    {
        rig.Run(0.5);
        Assert.Empty(rig.Faults);
        return phone.Unread.Count == 0 ? Silence : phone.Unread[0].Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static ExchangeRig Rig(out ScriptedPhone bob)
    {
        Assert.True(NetPrefix.TryParse("203.0.113.0/24", out var prefix));
        var rig = new ExchangeRig(credentials: true);
        rig.Profiles.Save(ProfileSamples.Profile() with { Registers = false, Prefixes = [prefix], Numbers = new NumberPlan("49") });
        rig.Profiles.Numbers.Add(new ProfileNumber(TenantId.Default, Did, null, "101"));
        rig.Exchange.StartProfiles();
        bob = rig.Phone("101");
        rig.Run(0.1);
        return rig;
    }
}
