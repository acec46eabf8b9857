namespace Tandem.Calls.Calls.Headers;

/// <summary>The values of Privacy (RFC 3323 §4.2, RFC 3325 §9.3, RFC 7044 §10.1).</summary>
[Flags]
internal enum PrivacyKinds
{
    Nothing = 0,

    /// <summary>The asserted identity stays inside the trust domain.</summary>
    Id = 1,

    /// <summary>Nothing that the user said of himself goes on.</summary>
    User = 2,

    /// <summary>No header tells of the user or his network.</summary>
    Header = 4,

    /// <summary>No media address of the user is shown.</summary>
    Session = 8,

    /// <summary>History-Info is hidden.</summary>
    History = 16,

    /// <summary>Rather no call than one without the privacy that was asked for.</summary>
    Critical = 32,

    /// <summary>None: the user wants to be shown, whatever a default says.</summary>
    Declined = 64,
}
