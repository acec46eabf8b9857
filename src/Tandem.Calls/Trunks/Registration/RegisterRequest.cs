using Tandem.Calls.Calls;
using Tandem.Sip.Messages;
using Tandem.Sip.Resolution;
using Tandem.Sip.Writing;

namespace Tandem.Calls.Trunks.Registration;

/// <summary>Writes the REGISTERs of one registration (RFC 3261 §10.2): one Call-ID and one From tag for all of them, and a rising CSeq.</summary>
internal sealed class RegisterRequest(CallEnvironment environment, SipProfile profile)
{
    private readonly string _tag = environment.Engine.NewTag();
    private uint _cseq;

    public SipProfile Profile { get; set; } = profile;

    public string CallId { get; } = environment.NewCallId();

    /// <summary>The Contact that the provider has last heard, without brackets; empty before the first one.</summary>
    public string Contact { get; private set; } = "";

    /// <summary>Another Contact than before replaces the one that the provider has.</summary>
    public string Replaced { get; private set; } = "";

    /// <summary>The provider was told that there is no outbound here any more (439, 420).</summary>
    public bool WithoutOutbound { get; set; }

    /// <summary>The REGISTER for a target.</summary>
    /// <param name="uri">The Request-URI.</param>
    /// <param name="hostAndPort">Where we are reached, as the provider sees it.</param>
    /// <param name="target">Where it goes.</param>
    /// <param name="expires">The lifetime asked for; 0 to end it.</param>
    /// <param name="credentials">The header of the credentials; null for none.</param>
    public SipWriter Write(string uri, string hostAndPort, SipTargetList target, int expires, (HeaderName Name, string Value)? credentials)
    {
        environment.Secrets?.Sent(CallId, Profile, environment.Now);
        var contact = ProfileAddresses.Contact(Profile, hostAndPort, target[0].Transport);
        if (contact != Contact)
        {
            Replaced = Contact;
            Contact = contact;
        }

        var writer = SipWriter.Request(SipMethod.Register, uri);
        if (ProfileAddresses.Route(Profile) is { Length: > 0 } route)
            writer.Header(HeaderName.Route, route);
        var record = ProfileAddresses.Record(Profile);
        writer.Header(HeaderName.MaxForwards, environment.Options.MaxForwards);
        writer.Begin(HeaderName.From).Append(record).Append(";tag="u8).Append(_tag).End();
        writer.Header(HeaderName.To, record).Header(HeaderName.CallId, CallId);
        writer.Begin(HeaderName.CSeq).Append(++_cseq).Append(" REGISTER"u8).End();
        var flow = WithoutOutbound ? "" : $";reg-id=1;+sip.instance=\"{ProfileAddresses.Instance(Profile)}\"";
        writer.Header(HeaderName.Contact, $"<{contact}>;expires={expires}{flow}");
        if (Replaced.Length > 0)
            writer.Header(HeaderName.Contact, $"<{Replaced}>;expires=0");
        writer.Header(HeaderName.Expires, expires);
        writer.Header(HeaderName.Supported, WithoutOutbound ? "path" : "path, outbound");
        writer.Header(HeaderName.Allow, environment.Engine.Allow);
        writer.Header(HeaderName.UserAgent, environment.Options.Product);
        if (credentials is { } header)
            writer.Header(header.Name, header.Value);
        return writer;
    }

    /// <summary>The provider took the last one.</summary>
    public void Taken() => Replaced = "";
}
