using System.Globalization;

namespace Tandem.Calls.Routing;

/// <summary>
/// Where a call can be sent, by whatever decides: a rule, a menu, a queue, the API, a number of a provider. One text form everywhere, of which
/// <see cref="ToString"/> is the writer and <see cref="TryParse"/> the reader.
/// </summary>
public abstract record Destination
{
    /// <summary>The longest text of a destination.</summary>
    public const int MostLength = 512;

    private protected Destination()
    {
    }

    /// <summary>What a phone of the tenant would reach with this number: a bare number, <c>100</c> or <c>0442079460000</c>.</summary>
    public sealed record Number(string Digits) : Destination
    {
        public override string ToString() => Digits;
    }

    /// <summary><c>extension:100</c>: the phones of an extension, with its forwards.</summary>
    public sealed record Extension(string Digits) : Destination
    {
        public override string ToString() => $"extension:{Digits}";
    }

    /// <summary><c>group:sales</c>: a ring group.</summary>
    public sealed record Group(string Name) : Destination
    {
        public override string ToString() => $"group:{Name}";
    }

    /// <summary><c>queue:sales</c>, or <c>queue:sales?priority=5</c>: who comes with a higher <paramref name="Priority"/> is served first.</summary>
    public sealed record Queue(string Name, int Priority = 0) : Destination
    {
        /// <summary>The highest priority.</summary>
        public const int MostPriority = 100;

        public override string ToString() => Priority > 0 ? string.Create(CultureInfo.InvariantCulture, $"queue:{Name}?priority={Priority}") : $"queue:{Name}";
    }

    /// <summary><c>ivr:main</c></summary>
    public sealed record Ivr(string Name) : Destination
    {
        public override string ToString() => $"ivr:{Name}";
    }

    /// <summary><c>room:800</c>: a conference room.</summary>
    public sealed record Room(string Name) : Destination
    {
        public override string ToString() => $"room:{Name}";
    }

    /// <summary><c>voicemail:100</c>: leave a message for an extension.</summary>
    public sealed record Voicemail(string Digits) : Destination
    {
        public override string ToString() => $"voicemail:{Digits}";
    }

    /// <summary><c>trunk:+442079460000</c> or <c>trunk:+442079460000@profile</c>: a number of the outside world; empty <paramref name="Profile"/>: by any profile of the tenant.</summary>
    public sealed record Trunk(string Digits, string Profile = "") : Destination
    {
        public override string ToString() => Profile.Length > 0 ? $"trunk:{Digits}@{Profile}" : $"trunk:{Digits}";
    }

    /// <summary><c>play:closed</c>: a sound of the tenant's library, then the end.</summary>
    public sealed record Play(string Sound) : Destination
    {
        public override string ToString() => $"play:{Sound}";
    }

    /// <summary><c>echo</c>: the caller hears himself.</summary>
    public sealed record Echo : Destination
    {
        public override string ToString() => "echo";
    }

    /// <summary><c>park:701</c>: the call waits in a slot; empty <paramref name="Slot"/>: in the first free one.</summary>
    public sealed record Park(string Slot) : Destination
    {
        public override string ToString() => $"park:{Slot}";
    }

    /// <summary><c>api:reception</c>: a program of the tenant deals with the call.</summary>
    public sealed record Api(string Name) : Destination
    {
        public override string ToString() => $"api:{Name}";
    }

    /// <summary><c>reject:486</c>: 400 to 699.</summary>
    public sealed record Reject(int Status) : Destination
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"reject:{Status}");
    }

    /// <summary><c>webhook:https://…</c>: the answer says where the call goes.</summary>
    public sealed record Webhook(string Url) : Destination
    {
        public override string ToString() => $"webhook:{Url}";
    }

    /// <summary><c>external:sip:bob@example.org</c>: another's address, without a provider; only where the installation allows it.</summary>
    public sealed record External(string Uri) : Destination
    {
        public override string ToString() => $"external:{Uri}";
    }

    /// <summary>Reads the text form. Never throws; <paramref name="problem"/> says what is accepted.</summary>
    public static bool TryParse(string? text, out Destination destination, out string problem)
    {
        destination = null!;
        (var read, problem) = DestinationText.Read(text ?? "");
        if (read is null)
            return false;

        destination = read;
        return true;
    }

    /// <summary>As the record of a call, and who is rung, see it: the digits of a number, or the text form.</summary>
    public string AsNumber() => this switch
    {
        Number number => number.Digits,
        Extension extension => extension.Digits,
        Trunk trunk => trunk.Digits,
        _ => ToString(),
    };

    /// <summary>The text form.</summary>
    public abstract override string ToString();
}
