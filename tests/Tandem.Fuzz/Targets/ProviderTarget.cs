using System.Text;
using Tandem.Calls.Tenants;
using Tandem.Calls.Trunks;
using Tandem.Core.Net;
using Tandem.Core.Privacy;
using Tandem.Core.Time;
using Tandem.Testing.Exchange;
using Tandem.Testing.Network;
using Tandem.Testing.Phones;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// What a provider answers: lines of status and reason, of parameters for the Via, and of headers. Every REGISTER, OPTIONS and INVITE of a profile gets that,
/// again and again. The exchange must neither fall over nor be led in circles, the password goes to nobody else, and nothing may be left behind.
/// </summary>
internal static class ProviderTarget
{
    private const int LongestInput = 4_000;
    private const int MostRequests = 400;
    private const string Password = "s3cret-of-the-profile";

    private static readonly NetAddress Address = NetAddress.FromV4(0xCB007101, 5060);

    public static int Run(byte[] input)
    {
        var lines = Encoding.Latin1.GetString(input, 0, Math.Min(input.Length, LongestInput)).Split('\n');
        var rig = new ExchangeRig();
        var provider = new Node(rig.Network, lines);
        rig.Network.Attach(Address, provider);
        rig.Profiles.Save(new SipProfile
        {
            Id = new ProfileId("p1"),
            Tenant = TenantId.Default,
            Name = "carrier",
            Server = Address.HostText(),
            UserName = "ada",
            Password = new Secret(Password),
            Domain = "provider.test",
            HealthIntervalSeconds = 5,
            Numbers = new NumberPlan("49"),
            Token = "token",
        });
        rig.Exchange.StartProfiles();
        rig.Run(30);
        var state = rig.Exchange.Trunks.Find(new ProfileId("p1"));
        var status = state?.Status ?? ProfileStatus.Disabled;

        // A call out, by a profile that needs no registration: else most answers would end it before it begins.
        rig.Profiles.Save(rig.Profiles.Find(new ProfileId("p1"))! with { Registers = false, HealthIntervalSeconds = 0 });
        var phone = rig.Phone("100");
        phone.Dial("030123456").Invite(Sdp.Audio());
        rig.Run(20);
        rig.Profiles.Remove(new ProfileId("p1"));
        rig.Network.Detach(Address);
        foreach (var call in rig.Calls)
            _ = rig.Exchange.HangUp(call.Id);
        rig.Run(70);
        var left = rig.Leftovers();
        Check.That(left.Length == 0, "left behind: " + left);
        Check.That(provider.Requests < MostRequests, $"{provider.Requests} requests in 50 s");
        Check.That(rig.Exchange.Trunks.UsageOf(new ProfileId("p1")).Calls == 0, "a place of the profile is still taken");
        return HashCode.Combine((int)status, state?.SipStatus ?? 0, state?.Text, phone.Unread.LastOrDefault()?.Status ?? 0, Math.Min(provider.Requests, 12));
    }

    private sealed class Node(VirtualNetwork network, string[] lines) : INetworkNode
    {
        public int Requests { get; private set; }

        public Moment NextDeadline => Moment.Never;

        public void Receive(byte[] datagram, NetAddress from, NetAddress to, Moment now)
        {
            var text = Encoding.Latin1.GetString(datagram);
            Check.That(!text.Contains(Password, StringComparison.Ordinal), "the password itself was sent");
            if (datagram.Length <= 4 || text.StartsWith("SIP/2.0", StringComparison.Ordinal))
                return;

            Requests++;
            if (text.StartsWith("ACK ", StringComparison.Ordinal) || Requests >= MostRequests)
                return;

            var request = WireMessage.Parse(datagram);
            var answer = new StringBuilder("SIP/2.0 ").Append(lines[0]).Append("\r\nVia: ").Append(request["Via"]).Append(lines.Length > 1 ? lines[1] : "");
            answer.Append("\r\nFrom: ").Append(request["From"]).Append("\r\nTo: ").Append(request["To"]).Append(request.ToTag.Length == 0 ? ";tag=p" : "");
            answer.Append("\r\nCall-ID: ").Append(request.CallId).Append("\r\nCSeq: ").Append(request["CSeq"]).Append("\r\n");
            foreach (var line in lines.Skip(2).Where(line => line.Length > 0))
                answer.Append(line).Append("\r\n");
            answer.Append("\r\n");
            network.Send(to, from, Encoding.Latin1.GetBytes(answer.ToString()));
        }

        public void Advance(Moment now)
        {
        }
    }
}
