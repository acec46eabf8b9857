namespace Tandem.Server.Hosting;

/// <summary>The start is impossible for a reason that the operator can mend; the message is the one line that says so.</summary>
public sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
