namespace Tandem.Storage.Administration;

/// <summary>How a change of a user ended.</summary>
public enum UserSave
{
    Done,

    /// <summary>There is no such user.</summary>
    Unknown,

    /// <summary>Nobody could run the installation after it: the last operator that is enabled stays one.</summary>
    LastOperator,
}
