namespace Tandem.Storage.Administration;

/// <summary>How a sign-in ended.</summary>
public enum SignInResult
{
    Accepted,

    /// <summary>No such user, or another password, or a user that is disabled; they are told apart neither in time nor in text.</summary>
    Wrong,

    /// <summary>Too many failures: not even the right password is accepted for a while.</summary>
    Locked,

    /// <summary>The password is right, and the user has a second factor whose code was not given.</summary>
    CodeNeeded,

    /// <summary>The password is right and the code is not, or was used before.</summary>
    WrongCode,
}
