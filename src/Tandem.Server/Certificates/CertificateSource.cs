using Tandem.Server.Options;
using Tandem.Sip.Transport;
using ILogger = Serilog.ILogger;

namespace Tandem.Server.Certificates;

/// <summary>
/// The certificates in force. The files are looked at now and then: what changed holds for new handshakes from then on, and
/// connections that are there keep what they have. Files that cannot be used change nothing, and are told of once.
/// </summary>
public sealed class CertificateSource : IAsyncDisposable
{
    private readonly CertificateOptions _options;
    private readonly string _dataDirectory;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopped = new();
    private volatile CertificateSet _current;
    private string _complaint = "";
    private Task _polling = Task.CompletedTask;

    /// <exception cref="CertificateException">There is no certificate to begin with.</exception>
    public CertificateSource(CertificateOptions options, string dataDirectory, ILogger log, TimeProvider time)
    {
        _options = options;
        _dataDirectory = dataDirectory;
        _log = log;
        _time = time;
        _current = CertificateFiles.Read(options, dataDirectory);
    }

    /// <summary>What is in force.</summary>
    public CertificateSet Current => _current;

    /// <summary>What is in force, for the transports.</summary>
    public TlsCertificates Tls => _current.Tls;

    /// <summary>Begins to look at the files.</summary>
    public void Start() => _polling = PollAsync();

    /// <summary>Looks at the files now; true when another certificate came into force.</summary>
    public bool Refresh()
    {
        try
        {
            var read = CertificateFiles.Read(_options, _dataDirectory);
            if (_complaint.Length > 0 && read.Version == _current.Version)
                _log.Information("The certificate files can be read again; nothing in them has changed");

            _complaint = "";
            if (read.Version == _current.Version)
                return false;

            _current = read;
            _log.Information(
                "Another certificate is in force: {Subject:l}, valid until {NotAfter:yyyy-MM-dd}, SHA-256 {Fingerprint:l}",
                read.Leaf.Subject, read.NotAfter.UtcDateTime, read.Fingerprint);
            return true;
        }
        catch (CertificateException e)
        {
            if (_complaint != e.Message)
                _log.Error("The certificate stays as it is: {Why:l}", e.Message);

            _complaint = e.Message;
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await _polling;
        _stopped.Dispose();
    }

    private async Task PollAsync()
    {
        using var timer = new PeriodicTimer(_options.PollInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopped.Token))
                Refresh();
        }
        catch (OperationCanceledException)
        {
            // The exchange stops.
        }
    }
}
