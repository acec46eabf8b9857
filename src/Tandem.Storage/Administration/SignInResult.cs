namespace Tandem.Storage.Administration;

/// <summary>How a sign-in ended.</summary>
public enum SignInResult
{
    Accepted,

    /// <summary>No such user, or another password; the two are told apart neither in time nor in text.</summary>
    Wrong,

    /// <summary>Too many failures: not even the right password is accepted for a while.</summary>
    Locked,
}
