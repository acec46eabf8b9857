using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Calls.Events;
using Tandem.Calls.Events.Public;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tracing;
using Tandem.Calls.Trunks;
using Tandem.Core.Privacy;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;
using static Tandem.Calls.Tests.Trunks.Registration.RegistrationBench;

namespace Tandem.Calls.Tests.Trunks.Registration;

/// <summary>What is kept and told of a provider's words never holds the password, nor what proves it.</summary>
public sealed partial class A_hostile_provider_repeats_what_it_was_sent
{
    private const string Password = "secret ada/1";

    // The Authorization of the REGISTER comes back in every place whose text is kept.
    [Theory]
    [InlineData("{status} {authorization}", "")]
    [InlineData("{status} No", "Warning: 399 sbc \"{quoted}\"")]
    [InlineData("{status} your password is {password}!", "Warning: 399 sbc \"{password}\"")]
    [InlineData("{status} {filler}{password}", "Warning: 399 sbc \"{filler}{authorization}\"")]
    [InlineData("{status} {escaped} {base64}", "Warning: 399 sbc \"Basic {base64}\"")]
    [InlineData("{status} response = {response} RSPAUTH:'{response}'", "Warning: 399 sbc \"{short}\"")]
    [InlineData("{status} s\u0001ecret ada/1 {split}", "")]
    public void State_history_events_and_records_hold_no_secret(string status, string warning)
    {
        foreach (var code in (int[])[403, 401, 503, 423])
        {
            var (rig, provider) = Rig();
            var proofs = new HashSet<string>();
            provider.Answer = request =>
            {
                if (!Provider.Knows(request, "n1"))
                    return Provider.Challenge("n1", algorithm: "SHA-256");

                var authorization = request["Authorization"];
                proofs.Add(Response().Match(authorization).Groups[1].Value);
                proofs.Add(Cnonce().Match(authorization).Groups[1].Value);
                return [.. new[] { Fill(status, code, authorization), Fill(warning, code, authorization) }.Where(line => line.Length > 0)];
            };
            rig.Profiles.Save(ProfileSamples.Profile() with { Password = new Secret(Password) });
            rig.Run(30);

            var state = State(rig);
            Assert.Equal(ProfileStatus.Failed, state.Status);
            Assert.True(proofs.Count >= 2 && proofs.All(proof => proof.Length > 0));
            var kept = string.Join('\n', state.History.Select(entry => entry.ProviderText + entry.Text).Append(state.ProviderText).Append(state.Text)
                .Concat(rig.Events.All.OfType<ProfileEvent>().Select(e => Encoding.UTF8.GetString(PublicEvents.From(e, 1, "run")!.Body))));
            Clean(kept, proofs);
            Assert.Contains("…", kept, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nor_does_the_record_of_a_call()
    {
        var (rig, ada, carrier) = Calling();
        var (a, second) = Proven(ada, carrier);
        var authorization = second["Proxy-Authorization"];
        carrier.Send($"SIP/2.0 500 {Password} {authorization}\r\nVia: {second["Via"]}\r\nFrom: {second["From"]}\r\nTo: {second["To"]};tag=c\r\nCall-ID: {second.CallId}\r\nCSeq: {second["CSeq"]}\r\nContent-Length: 0\r\n\r\n");
        carrier.Expect("ACK");
        ada.ExpectSomething();
        var refusal = ada.Unread[0];
        Clean(refusal.StartLine, [Response().Match(authorization).Groups[1].Value]);
        a.AckRefusal(ada.Expect(refusal.Status.ToString(CultureInfo.InvariantCulture)));
        rig.Run(1);
        var record = Encoding.UTF8.GetString(PublicEvents.Ended(rig.Events.Record, 1).Body);
        Assert.Contains("\"sipStatus\":500", record, StringComparison.Ordinal);
        Clean(record + rig.Events.Record.Extras!.Attempts.Single().Text + rig.Events.Record.Verdict.Text, [Response().Match(authorization).Groups[1].Value, Cnonce().Match(authorization).Groups[1].Value]);
    }

    // RFC 3326: what a provider gives as its reason reaches the caller, and with our credentials in it only its cause.
    [Theory]
    [InlineData("SIP;cause=403;text=\"Forbidden\"", "SIP;cause=403;text=\"Forbidden\"")]
    [InlineData("SIP;cause=403;text=\"{quoted}\"", "SIP;cause=403")]
    [InlineData("q.850 ; cause = 21 ; text=\"Response={response}\", SIP;cause=500", "Q.850;cause=21, SIP;cause=500")]
    [InlineData("SIP;cause=403;text=\"{password}\"", "SIP;cause=403")]
    [InlineData("SIP;cause=403;text=\"r\\esponse={response}\"", "SIP;cause=403")]
    [InlineData("SIP;text=\"{base64}\"", "Q.850;cause=21")]
    public void Nor_does_the_reason_that_the_caller_is_told(string given, string told)
    {
        foreach (var refuses in new[] { true, false })
        {
            var (rig, ada, carrier) = Calling();
            var (a, second) = Proven(ada, carrier);
            var c = carrier.Take(second);
            var reason = "Reason: " + Fill(given, 403, second["Proxy-Authorization"]);
            if (refuses)
            {
                c.Reply(second, 403, "", reason);
                carrier.Expect("ACK");
                var refused = ada.Expect("403");
                Assert.Equal(told, refused["Reason"]);
                a.AckRefusal(refused);
                continue;
            }

            c.Reply(second, 200, Sdp.Audio(port: 40000));
            carrier.Expect("ACK");
            a.Ack(ada.Expect("200 INVITE"));
            rig.Run(1);
            c.Send("BYE", "", reason);
            carrier.Expect("200 BYE");
            var bye = ada.Expect("BYE");
            Assert.Equal(told == "Q.850;cause=21" ? "Q.850;cause=16" : told, bye["Reason"]);
            a.Reply(bye, 200);
        }
    }

    // The very same words of a phone stay: nobody learns from a trace which word is the password of a profile.
    [Fact]
    public void Nor_do_the_messages_in_the_trace_of_a_call_nor_its_capture()
    {
        var (rig, ada, carrier) = Calling(new TraceOptions());
        var a = ada.Dial("030123456");
        a.Invite(Sdp.Audio());
        var invite = carrier.Expect("INVITE");
        var id = rig.Calls[0].Id;
        carrier.Send(
            $"SIP/2.0 500 You said {Password}\r\nVia: {invite["Via"]}\r\nFrom: {invite["From"]}\r\nTo: {invite["To"]};tag=c\r\nCall-ID: {invite.CallId}\r\nCSeq: {invite["CSeq"]}\r\n"
            + $"X-Debug: {Uri.EscapeDataString(Password)}\r\nContent-Type: text/plain\r\nContent-Length: {Password.Length}\r\n\r\n{Password}");
        carrier.Expect("ACK");
        a.AckRefusal(ada.Expect("500"));
        rig.Run(1);
        var trace = rig.Traces!.Find(TenantId.Default, id)!;
        Clean(Text(trace), []);
        Assert.Contains($"SIP/2.0 500 You said {new string('x', Password.Length)}\r\n", Text(trace), StringComparison.Ordinal);

        var bob = rig.Phone("101");
        var b = ada.Dial("101");
        b.Invite(Sdp.Audio());
        var second = bob.Expect("INVITE");
        id = rig.Calls[0].Id;
        bob.Send($"SIP/2.0 486 {Password}\r\nVia: {second["Via"]}\r\nFrom: {second["From"]}\r\nTo: {second["To"]};tag=c\r\nCall-ID: {second.CallId}\r\nCSeq: {second["CSeq"]}\r\nContent-Length: 0\r\n\r\n");
        bob.Expect("ACK");
        b.AckRefusal(ada.Expect("486"));
        rig.Run(1);
        Assert.Contains("SIP/2.0 486 " + Password, Text(rig.Traces.Find(TenantId.Default, id)!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ok", "Not ok at all", "…")]
    [InlineData("", "Account Locked", "Account Locked")]
    [InlineData("secret", "No response from 5 servers", "No response from 5 servers")]
    [InlineData("secret", "Ticket 4711 of 0123456789abcdef", "Ticket 4711 of 0123456789abcdef")]
    public void What_is_no_secret_stays_and_a_short_password_takes_the_text_with_it(string password, string phrase, string kept) =>
        Assert.Equal(kept, CredentialEcho.Remove(phrase, ProfileSamples.Profile() with { Password = new Secret(password) }));

    private static string Text(CallTrace trace) =>
        string.Join('\n', trace.Entries.Select(entry => Encoding.UTF8.GetString(entry.Data.Span))) + Encoding.UTF8.GetString(TracePcap.Write(trace, _ => ExchangeRig.ServerAddress));

    private static (ExchangeRig Rig, ScriptedPhone Ada, ScriptedPhone Carrier) Calling(TraceOptions? traces = null)
    {
        var rig = new ExchangeRig(traces: traces);
        var carrier = new ScriptedPhone(rig.Network, "carrier", ProfileSamples.ProviderAddress, ExchangeRig.ServerAddress);
        rig.Profiles.Save(ProfileSamples.Profile() with { Password = new Secret(Password), Registers = false, Numbers = new NumberPlan("49") });
        rig.Exchange.StartProfiles();
        var ada = rig.Phone("100");
        rig.Run(0.1);
        return (rig, ada, carrier);
    }

    // The call, and the INVITE that has our credentials.
    private static (PhoneDialog Call, WireMessage Invite) Proven(ScriptedPhone ada, ScriptedPhone carrier)
    {
        var call = ada.Dial("030123456");
        call.Invite(Sdp.Audio());
        var first = carrier.Expect("INVITE");
        carrier.Take(first).Reply(first, 407, "", "Proxy-Authenticate: Digest realm=\"provider\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"");
        carrier.Expect("ACK");
        return (call, carrier.Expect("INVITE"));
    }

    private static string Fill(string line, int code, string authorization)
    {
        var response = Response().Match(authorization).Groups[1].Value;
        return line.Replace("{status}", code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{authorization}", authorization, StringComparison.Ordinal)
            .Replace("{quoted}", authorization.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal)
            .Replace("{password}", Password, StringComparison.Ordinal)
            .Replace("{escaped}", Uri.EscapeDataString(Password), StringComparison.Ordinal)
            .Replace("{base64}", Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:" + Password)), StringComparison.Ordinal)
            .Replace("{filler}", new string('-', 193), StringComparison.Ordinal)
            .Replace("{short}", "response=" + response[..8], StringComparison.Ordinal)
            .Replace("{split}", response[..32] + " " + response[32..], StringComparison.Ordinal)
            .Replace("{response}", response, StringComparison.Ordinal);
    }

    // Nothing of eight characters or more of a proof, whole or cut off, and no form of the password.
    private static void Clean(string kept, IEnumerable<string> proofs)
    {
        foreach (var secret in proofs.SelectMany(proof => Enumerable.Range(0, proof.Length - 7).Select(i => proof.Substring(i, 8))))
            Assert.DoesNotContain(secret, kept, StringComparison.OrdinalIgnoreCase);
        foreach (var form in (string[])[Password, Password[..6], Uri.EscapeDataString(Password), Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:" + Password))])
            Assert.DoesNotContain(form, kept, StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(" response=\"([0-9a-f]+)\"")]
    private static partial Regex Response();

    [GeneratedRegex("cnonce=\"([^\"]+)\"")]
    private static partial Regex Cnonce();
}
