namespace Tandem.Calls.Ivr;

/// <summary>The way to web services. Thread-safe; it never throws.</summary>
public interface IIvrWeb
{
    /// <summary>Asks, within the request's time and the limits of the installation.</summary>
    Task<IvrWebAnswer> AskAsync(IvrWebRequest request);
}
