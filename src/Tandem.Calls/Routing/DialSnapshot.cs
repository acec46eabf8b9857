using Tandem.Calls.Registrar;

namespace Tandem.Calls.Routing;

/// <summary>What the exchange knows of the called number at the moment of the decision.</summary>
public readonly record struct DialSnapshot
{
    /// <summary>The number lies in EXT_MIN..EXT_MAX.</summary>
    public required bool InRange { get; init; }

    /// <summary>There is an enabled extension with that number.</summary>
    public required bool Exists { get; init; }

    /// <summary>Its contacts, in any order.</summary>
    public required IReadOnlyList<Binding> Contacts { get; init; }

    /// <summary>It takes part in a call that rings or is established.</summary>
    public bool InCall { get; init; }

    /// <summary>May it ring although it is in a call?</summary>
    public bool CallWaiting { get; init; }

    /// <summary>Contacts that may ring at once, at most.</summary>
    public int MaxContacts { get; init; }
}
