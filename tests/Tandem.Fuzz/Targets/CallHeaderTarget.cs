using System.Text;
using Tandem.Calls.Calls;
using Tandem.Calls.Calls.Headers;
using Tandem.Calls.Calls.Transfer;
using Tandem.Calls.Ports;
using Tandem.Calls.Publications;
using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;
using Tandem.Core.Buffers;
using Tandem.Core.Privacy;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;
using Tandem.Sip.Writing;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// The structured headers that calls read beside those of the transactions: each input is the header lines of a request. What of them goes on to another
/// phone makes a message that reads with exactly those fields: no header can bring another one along (RFC 3261 §26).
/// </summary>
internal static class CallHeaderTarget
{
    private static readonly CallOptions Options = CallOptions.Default with { AutoAnswer = true };
    private static readonly Extension Caller = new(TenantId.Default, "100", new Secret("secret"));

    public static int Run(byte[] input)
    {
        byte[] request =
        [
            .. "REFER sip:101@a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:100@a>;tag=1\r\nTo: <sip:101@a>\r\nCall-ID: c\r\nCSeq: 1 REFER\r\n"u8,
            .. input, .. "\r\n\r\n"u8,
        ];
        var rejection = SipParser.Parse(PooledBuffer.Copy(request), SipLimits.Default, out var message);
        if (message is null || rejection != SipRejection.None)
        {
            message?.Release();
            return (int)rejection;
        }

        var signature = new HashCode();
        var passed = new List<(HeaderName Name, string Value)>();
        var wish = PrivacyWish.Of(message);
        signature.Add((int)wish.Kinds);
        passed.AddRange(PassedHeaders.OfInvite(message, wish, Options));
        signature.Add(TrustedIdentity.OfPhone(Caller, message).HidesAssertion);
        var history = CallHistory.Read(message).Divert("sip:102@a", DiversionReason.Busy);
        Check.That(history.Diversions <= CallHistory.MostStations, "a history without end");
        passed.AddRange(history.Headers("sip:103@a", isHidden: false));
        signature.Add(history.Diversions);
        if (SessionIds.TryReadSender(message, out var uuid))
        {
            Check.That(uuid.Length == 32 && uuid.All(char.IsAsciiHexDigitLower), "a Session-ID that is none");
            passed.Add((HeaderName.SessionId, SessionIds.Value(uuid, "")));
        }

        if (InfoPackages.Of(message) is { } packages)
        {
            passed.Add((HeaderName.RecvInfo, packages.HeaderValue));
            signature.Add(packages.HeaderValue.Count(c => c == ','));
        }

        if (ReasonHeaders.From(message, from: null) is { Length: > 0 } reason)
        {
            Check.That(reason.Length <= 300, "a Reason without bound");
            passed.Add((HeaderName.Reason, reason));
        }

        signature.Add(InfoPackages.PackageOf(message).Length > 0);
        signature.Add(Order(message));
        signature.Add(Names(message));
        CheckPassed(passed);
        signature.Add(Math.Min(passed.Count, 10));
        message.Release();
        return signature.ToHashCode();
    }

    /// <summary>Documents that are published (RFC 3863): read or refused, and bounded.</summary>
    public static int Presence(byte[] input)
    {
        if (PresenceDocument.Parse(input, maxDepth: 16) is not { } document)
            return 0;

        Check.That(document.Tuples.Count <= 64 && document.Activities.Count <= 64, "a document without bound");
        return HashCode.Combine(Math.Min(document.Tuples.Count, 9), Math.Min(document.Activities.Count, 9), document.Note.Length > 0, document.Tuples.Count(t => t.IsOpen == true), document.Entity.Length > 0);
    }

    // RFC 3515, RFC 3891: what is read is written so that it reads the same.
    private static int Order(SipMessage message)
    {
        var order = ReferOrder.Read(message, out var refusal);
        Check.That(order is null == refusal is 400 or 603, "neither an order nor a refusal");
        if (order is null)
            return refusal;

        Check.That(order.Number.Length <= 64, "a number without bound");
        if (order.Replaces is { } replaces)
            Check.That(DialogName.FromReplaces(Encoding.ASCII.GetBytes(replaces.Replaces)) == replaces, "Replaces that reads otherwise when it is written");
        return HashCode.Combine(order.IsSecure, order.Replaces is not null, order.WantsNotifies, Math.Min(order.Number.Length, 3));
    }

    private static int Names(SipMessage message)
    {
        var sum = 0;
        if (message.TryGetHeader(HeaderName.Replaces, out var value) && DialogName.FromReplaces(value) is { } replaces)
        {
            Check.That(DialogName.FromReplaces(Encoding.ASCII.GetBytes(replaces.Replaces)) == replaces, "Replaces that reads otherwise when it is written");
            sum += replaces.EarlyOnly ? 3 : 1;
        }

        if (message.TryGetHeader(HeaderName.TargetDialog, out value))
            sum += DialogName.FromTargetDialog(value) is null ? 4 : 8;
        if (message.TryGetContact(out var contact) && contact.Address.TryGetParam("+sip.instance"u8, out var instance))
        {
            var text = SipText.Unquote(instance);
            var isValid = InstanceId.IsValid(Encoding.UTF8.GetBytes(text));
            Check.That(!isValid || InstanceId.Equals(text, InstanceId.Canonical(text)), "an instance that is not its own canonical form");
            sum += isValid ? 16 : 32;
        }

        foreach (var path in message.Values(HeaderName.Path))
            sum += RouteList.IsValid(Encoding.UTF8.GetString(path)) ? 64 : 128;
        return sum;
    }

    // The fields that go on, written into another message: the strictest reader finds these and no others.
    private static void CheckPassed(List<(HeaderName Name, string Value)> passed)
    {
        var writer = SipWriter.Request(SipMethod.Options, "sip:x@b").Header(HeaderName.Via, "SIP/2.0/UDP b;branch=z9hG4bK2").Header(HeaderName.MaxForwards, 70)
            .Header(HeaderName.From, "<sip:100@b>;tag=2").Header(HeaderName.To, "<sip:x@b>").Header(HeaderName.CallId, "d").Header(HeaderName.CSeq, "1 OPTIONS");
        foreach (var (name, text) in passed)
            writer.Header(name, text);

        const int Others = 7; // and Content-Length
        Check.That(SipParser.Parse(writer.Finish(), SipLimits.Default, out var message) == SipRejection.None, "what goes on cannot be read");
        Check.That(message!.Headers.Length == passed.Count + Others, $"{passed.Count} fields went on, {message.Headers.Length - Others} came");
        var at = 0;
        foreach (ref readonly var field in message.Headers)
        {
            if (field.Name is HeaderName.Via or HeaderName.MaxForwards or HeaderName.From or HeaderName.To or HeaderName.CallId or HeaderName.CSeq or HeaderName.ContentLength)
                continue;
            Check.That(field.Name == passed[at].Name, $"{passed[at].Name} became {field.Name}");
            at++;
        }

        message.Release();
    }
}
