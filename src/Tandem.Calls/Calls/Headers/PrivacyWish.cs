using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// What a party asked of us as its privacy service (RFC 3323 §5). A B2BUA serves most of it for everybody: Via, Contact, Call-ID,
/// Record-Route and User-Agent are ours (<c>header</c>), and so are the media addresses (<c>session</c>). What is left to decide is
/// whether the identity is shown.
/// </summary>
/// <param name="Kinds">The values that we know.</param>
/// <param name="HasUnknown">There was a value that we do not know.</param>
internal readonly record struct PrivacyWish(PrivacyKinds Kinds, bool HasUnknown)
{
    private const int MostValues = 16;

    /// <summary>True when neither number nor name may be shown. <c>none</c> overrides the others.</summary>
    public bool HidesIdentity => !IsDeclined && (Kinds & (PrivacyKinds.Id | PrivacyKinds.User | PrivacyKinds.Header)) != 0;

    /// <summary>True when what the user wrote about himself (Subject, Organization …) may not be passed on (RFC 3323 §5.1, §5.3).</summary>
    public bool HidesUserHeaders => !IsDeclined && (Kinds & (PrivacyKinds.User | PrivacyKinds.Header)) != 0;

    /// <summary>True when the way that the call took may not be shown (RFC 7044 §10.1).</summary>
    public bool HidesHistory => !IsDeclined && (Kinds & (PrivacyKinds.History | PrivacyKinds.Header)) != 0;

    /// <summary>RFC 3323 §5: a critical wish that we do not understand fails the request.</summary>
    public bool CannotBeServed => (Kinds & PrivacyKinds.Critical) != 0 && HasUnknown;

    private bool IsDeclined => (Kinds & PrivacyKinds.Declined) != 0;

    /// <summary>Reads the Privacy fields of a message; values are separated by semicolons, and by commas in the field.</summary>
    public static PrivacyWish Of(SipMessage message)
    {
        if (!message.Has(HeaderName.Privacy))
            return default;

        var kinds = PrivacyKinds.Nothing;
        var unknown = false;
        var count = 0;
        foreach (var element in message.Values(HeaderName.Privacy, MostValues))
        {
            foreach (var range in element.Split((byte)';'))
            {
                var kind = KindOf(SipText.Trim(element[range]));
                kinds |= kind;
                unknown |= kind == PrivacyKinds.Nothing;
                if (++count == MostValues)
                    return new PrivacyWish(kinds, unknown);
            }
        }

        return new PrivacyWish(kinds, unknown);
    }

    private static PrivacyKinds KindOf(ReadOnlySpan<byte> value)
    {
        if (SipText.EqualsIgnoreCase(value, "id"u8))
            return PrivacyKinds.Id;
        if (SipText.EqualsIgnoreCase(value, "user"u8))
            return PrivacyKinds.User;
        if (SipText.EqualsIgnoreCase(value, "header"u8))
            return PrivacyKinds.Header;
        if (SipText.EqualsIgnoreCase(value, "session"u8))
            return PrivacyKinds.Session;
        if (SipText.EqualsIgnoreCase(value, "history"u8))
            return PrivacyKinds.History;
        if (SipText.EqualsIgnoreCase(value, "critical"u8))
            return PrivacyKinds.Critical;
        return SipText.EqualsIgnoreCase(value, "none"u8) ? PrivacyKinds.Declined : PrivacyKinds.Nothing;
    }
}
