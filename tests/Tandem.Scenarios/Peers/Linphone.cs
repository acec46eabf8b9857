using Tandem.Testing.Audio;

namespace Tandem.Scenarios.Peers;

/// <summary>A linphonec softphone, steered over its standard input. It plays a tone from a file and records what it hears.</summary>
public sealed class Linphone : IDisposable
{
    private readonly string _folder;
    private readonly int _rtpPorts = FreePorts.Range(2);
    private readonly ChildProcess _process;
    private readonly EventLog<string> _log;

    private Linphone(ScratchFolder scratch, TandemServer server, LinphoneOptions options)
    {
        Options = options;
        var sipPort = FreePorts.Next();
        _folder = scratch.Sub($"linphone-{options.Number}-{sipPort}");
        Directory.CreateDirectory(Path.Combine(_folder, ".local", "share", "linphone"));
        var file = Path.Combine(_folder, "rc");
        File.WriteAllText(file, $"""
            [sip]
            sip_port={sipPort}
            sip_tcp_port=-1
            sip_tls_port=-1
            use_ipv6=0
            use_info={(options.KeysAsInfo ? 1 : 0)}
            use_rfc2833={(options.KeysAsEvents ? 1 : 0)}
            media_encryption={options.Encryption}
            media_encryption_mandatory={(options.Encryption is "none" ? 0 : 1)}
            guess_hostname=0
            default_proxy=0
            register_only_when_network_is_up=0
            root_ca={options.TrustedRoots}
            verify_server_certs={(options.TrustedRoots.Length > 0 ? 1 : 0)}
            verify_server_cn=0
            contact="{options.Number}" <sip:{options.Number}@127.0.0.1>
            [rtp]
            audio_rtp_port={_rtpPorts}
            [video]
            enabled=0
            capture=0
            display=0
            [proxy_0]
            reg_proxy=<sip:127.0.0.1:{options.Port ?? server.SipPort};transport={options.Transport}>
            reg_identity=sip:{options.Number}@127.0.0.1
            reg_sendregister=1
            reg_expires=600
            publish=0
            [auth_info_0]
            username={options.Number}
            userid={options.Number}
            passwd={TandemServer.Secret}
            realm=

            """);
        _log = new EventLog<string>($"linphone {options.Number}", () => $"linphone:\n{Output}\nserver:\n{server.Process.Output}");
        _process = new ChildProcess(
            "linphonec", ["-c", file, "-d", "6", "-l", Path.Combine(_folder, "log")], _folder,
            new Dictionary<string, string> { ["HOME"] = _folder }, _log.Add);
    }

    public LinphoneOptions Options { get; }

    public string Output => _process.Output;

    private string RecordedFile => Path.Combine(_folder, "heard.wav");

    /// <summary>Measures what the phone heard in its only call. The call must be over; the phone is ended, for it closes its file only then.</summary>
    public async Task<ToneReport> HeardAsync(double expectedHertz) => ToneMeter.Measure(await RecordingAsync(), expectedHertz);

    /// <summary>What the phone heard in its only call. The call must be over; the phone is ended, for it closes its file only then.</summary>
    public async Task<WavFile> RecordingAsync()
    {
        _process.Type("quit");
        await _process.ExitAsync(TimeSpan.FromSeconds(60));
        return WavFile.Read(RecordedFile);
    }

    /// <summary>Waits until it has heard a second and a half more than now, at whatever rate it records; its header tells that only when the file is closed.</summary>
    public async Task HearsMoreAsync()
    {
        const int Bytes = 48_000 * 2 * 3 / 2;
        var until = DateTime.UtcNow.AddSeconds(60);
        for (var before = Length(); Length() < before + Bytes;)
        {
            Assert.True(DateTime.UtcNow < until, $"{Options.Number} hears nothing more than {Length() - before} bytes:\n{Output}");
            await Task.Delay(100);
        }

        long Length() => File.Exists(RecordedFile) ? new FileInfo(RecordedFile).Length : 0;
    }

    /// <summary>Starts the phone and waits until the server has its registration.</summary>
    public static async Task<Linphone> StartAsync(ScratchFolder scratch, TandemServer server, LinphoneOptions options)
    {
        var phone = new Linphone(scratch, server, options);
        await server.EventuallyAsync(
            "/api/users",
            users => users.EnumerateArray().Any(u => u.GetProperty("number").GetString() == options.Number),
            $"{options.Number} registers; linphone says:\n{phone.Output}");
        var tone = Path.Combine(phone._folder, "tone.wav");
        WavFile.Tone(options.ToneHertz, TimeSpan.FromSeconds(60)).Write(tone);
        phone._process.Type("soundcard use files");
        phone._process.Type($"play {tone}");
        phone._process.Type($"record {phone.RecordedFile}");
        return phone;
    }

    public void Call(string number) => _process.Type($"call sip:{number}@127.0.0.1");

    public void Answer() => _process.Type("answer");

    public void HangUp() => _process.Type("terminate");

    public void Hold() => _process.Type("pause");

    public void Resume() => _process.Type("resume");

    /// <summary>Presses a key in the call.</summary>
    public void Press(char key) => _process.Type(key.ToString());

    /// <summary>The next key that the other side pressed.</summary>
    public async Task<char> KeyAsync() => (await LineAsync("Receiving tone ")).Split("Receiving tone ")[1][0];

    /// <summary>Blind transfer of the call in progress.</summary>
    public void Transfer(string number) => _process.Type($"transfer sip:{number}@127.0.0.1");

    /// <summary>Attended transfer of one call to another, by linphone's own numbers.</summary>
    public void TransferToCall(int call, int other) => _process.Type($"transfer {call} --to-call {other}");

    public void Chat(string number, string text) => _process.Type($"chat sip:{number}@127.0.0.1 {text}");

    /// <summary>The next line that contains the text.</summary>
    public Task<string> LineAsync(string text, int seconds = 60) => _log.NextAsync(l => l.Contains(text, StringComparison.OrdinalIgnoreCase), $"line with '{text}'", seconds);

    public void Dispose()
    {
        try
        {
            if (!_process.Process.HasExited)
                _process.Type("quit");
        }
        catch (IOException)
        {
            // It has ended by itself just now.
        }

        _process.Process.WaitForExit(3000);
        _process.Dispose();
        FreePorts.Return(_rtpPorts);
    }
}
