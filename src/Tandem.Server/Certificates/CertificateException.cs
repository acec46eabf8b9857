namespace Tandem.Server.Certificates;

/// <summary>A certificate cannot be used for a reason that the operator can mend; the message is the one line that says so.</summary>
public sealed class CertificateException(string message, Exception? inner = null) : Exception(message, inner);
