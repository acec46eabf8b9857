using System.Globalization;
using Tandem.Calls.Tenants;
using Tandem.Core.Net;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Limits;

/// <summary>Phones of a tenant that come to its limits.</summary>
internal static class TenantPhones
{
    /// <summary>A phone that is not registered yet, at the address 192.0.2.<paramref name="host"/>.</summary>
    public static ScriptedPhone StrangerOf(this ExchangeRig rig, Tenant tenant, string number, int host) =>
        new(rig.Network, number, NetAddress.FromV4(0xC0000200 + (uint)host, 5060), ExchangeRig.ServerAddress) { Domain = tenant.Domain };

    /// <summary>Registers it at its own domain, and gives <c>200</c> or the status and phrase of the refusal.</summary>
    public static string Registered(this ScriptedPhone phone, int expires = 3600)
    {
        var aor = $"<sip:{phone.Number}@{phone.Domain}>";
        phone.Send($"REGISTER sip:{phone.Domain} SIP/2.0\r\nVia: {phone.Via};branch={phone.NewBranch()};rport\r\nMax-Forwards: 70\r\nFrom: {aor};tag=r\r\nTo: {aor}\r\n"
            + $"Call-ID: r-{phone.Address}\r\nCSeq: {phone.NewBranch().Split('-')[^1]} REGISTER\r\nContact: <{phone.ContactUri}>;expires={expires}\r\nContent-Length: 0\r\n\r\n");
        phone.ExpectSomething();
        var answer = phone.Expect(phone.Unread[0].Status.ToString(CultureInfo.InvariantCulture));
        return answer.Status == 200 ? "200" : answer.StartLine["SIP/2.0 ".Length..];
    }

    /// <summary>Calls a number, is refused with the status and acknowledges that.</summary>
    public static WireMessage Refused(this ScriptedPhone phone, string number, string status)
    {
        var call = phone.Dial(number);
        call.Invite(Sdp.Audio());
        var refusal = phone.Expect(status);
        call.AckRefusal(refusal);
        return refusal;
    }
}
