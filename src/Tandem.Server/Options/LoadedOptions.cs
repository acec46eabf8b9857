namespace Tandem.Server.Options;

/// <summary>The outcome of reading the settings.</summary>
/// <param name="Options">The options; only to be used when there are no errors.</param>
/// <param name="Errors">One line for each value that is not accepted.</param>
/// <param name="Warnings">One line for each name that is set without effect.</param>
/// <param name="Origins">Where each setting that is not at its default was set.</param>
public sealed record LoadedOptions(
    TandemOptions Options, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings, IReadOnlyDictionary<Setting, string> Origins)
{
    public bool IsGood => Errors.Count == 0;
}
