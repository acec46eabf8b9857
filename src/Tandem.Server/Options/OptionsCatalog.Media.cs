using Tandem.Media.Codecs;
using Tandem.Media.Relay;
using Tandem.Media.Srtp;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

public static partial class OptionsCatalog
{
    private const string Audio = "Audio";

    private static readonly WordKind Latch = new(("sdp", LatchPolicy.SdpOnly), ("known", LatchPolicy.KnownHosts), ("anybody", LatchPolicy.Anybody));

    private static readonly WordKind Encryption = WordKind.Of<SrtpPolicy>();
    private static readonly WordListKind<AudioCodec> Codecs = new([.. AudioCodecs.Names]);
    private static readonly WordListKind<SrtpProfile> Profiles = new([.. SrtpProfiles.All.Select(profile => (profile.SuiteName(), profile))]);

    private static void AddMedia(List<Setting> list)
    {
        list.Add(Audio, "MEDIA_CODECS", o => o.Media.Codecs, Codecs,
            "The codecs that are read and written, in the order in which phones are offered them; one whose library is missing is left out. What two phones share passes without being decoded.", main: true);
        list.Add(Audio, "SRTP_POLICY", o => o.Media.SrtpPolicy, Encryption,
            "Encrypted audio, for extensions without a policy of their own. never: such a call is refused. offered: as each phone wishes. required: a phone that does not is refused.", main: true);
        list.Add(Audio, "SRTP_PROFILES", o => o.Media.SrtpProfiles, Profiles, "The encryptions that are taken, in the order in which they are offered.");
        list.Add(Audio, "MEDIA_PTIME", o => o.Media.PacketMilliseconds, Count(10, 60, "ms"), "The time of one packet for phones that do not say, a multiple of 10.");
        list.Add(Audio, "MEDIA_MAX_PTIME", o => o.Media.MaxPacketMilliseconds, Count(10, 120, "ms"), "The longest packet that is made, whatever a phone asks for.");
        list.Add(Audio, "MEDIA_TIMEOUT", o => o.Media.MediaTimeout, Seconds(0, 86_400),
            "A call ends when a side that should send was silent for so long, RTP and RTCP; 0 never. No silence suppression goes longer without RTCP.", main: true);
        list.Add(Audio, "RTP_LATCH", o => o.Media.Latch, Latch,
            "Whose packets are taken as a phone's. sdp: only the address that it named. known: also its other ports and the host of its signalling. anybody: inside RTP_LATCH_WINDOW also another host, the first that sends.");
        list.Add(Audio, "RTP_LATCH_WINDOW", o => o.Media.LatchWindow, Seconds(0, 600), "How long after an answer another source than the named one is learned.");
        list.Add(Audio, "RTP_LATCH_SILENCE", o => o.Media.LatchSilence, Milliseconds(0, 600_000), "Silence of the learned source after which another port of its host may follow it.");
        list.Add(Audio, "RTP_MAX_RELATCHES", o => o.Media.MaxRelatches, Count(0, 1_000), "How often a source that fell silent may be followed between two answers; it bounds a tug of war.");
        list.Add(Audio, "RTP_PORT_QUARANTINE", o => o.Media.PortQuarantine, Milliseconds(0, 600_000), "How long a port rests after use, so that late packets of the old call reach nobody.");
        list.Add(Audio, "RTP_PORTS_FOR_HELP", o => o.Media.UrgentPorts, Count(0, 10_000, "ports"), "Ports that only calls for help (112) get, a tenth of the range at most: four for a call.");
        list.Add(Audio, "RTP_BIND_ATTEMPTS", o => o.Media.BindAttempts, Count(1, 10_000, "ports"), "Ports tried for one call when another process has them.");
        list.Add(Audio, "RTP_WARM_SOCKETS", o => o.Media.WarmSockets, Count(0, 65_536, "sockets"), "Sockets kept open between calls, which makes a call cheap; 0 closes each at the end of its call.");
        list.Add(Audio, "RTP_SOCKET_BUFFER", o => o.Media.SocketBufferBytes, new SizeKind(4 << 10, 16 << 20), "The kernel's receive buffer of a port: two seconds of audio.");
        list.Add(Audio, "RTP_DSCP", o => o.Media.Dscp, Count(0, 63), "The DSCP of what we send; 46 is expedited forwarding (RFC 3246), 0 leaves it alone.");
        list.Add(Audio, "RTCP_MUX", o => o.Media.RtcpMux, SwitchKind.Instance, "RTP and RTCP on one port (RFC 5761) where both phones want it.");
        list.Add(Audio, "MEDIA_SHARDS", o => o.Media.Shards, Count(1, 256, "loops"), "Loops that relay audio, each on a thread of its own.", defaultText: "one per core");
        list.Add(Audio, "MEDIA_SHARD_FULL", o => o.Media.ShardFullPercent, Count(1, 100, "%"),
            "The share of its time from which on a loop is full: it gives calls to one with time to spare, without the loss of a packet, and gets no new ones. Members of a room stay together.");
        list.Add(Audio, "MEDIA_EPOLL", o => o.Media.UseEpoll, SwitchKind.Instance, "Epoll and direct system calls (Linux only); false takes the portable loop.", defaultText: "true on Linux");
        list.Add(Audio, "MEDIA_COALESCE", o => o.Media.Coalesce, Milliseconds(0, 20),
            "The longest that a packet waits for others in a busy loop, so that one wake-up serves many; 0 turns it off. The busier the loop, the less it waits.");
        list.Add(Audio, "MEDIA_NICE", o => o.Media.ThreadNice, Count(-20, 19, "nice"),
            "Nice value of the threads that relay audio, so that no packet waits for who computes; needs CAP_SYS_NICE or RLIMIT_NICE, else it stays as it is.");
        list.Add(Audio, "MEDIA_MAX_SESSIONS", o => o.Media.MaxSessions, Count(1, 1_000_000, "calls"), "Calls with audio at once; a bound on memory.");
        list.Add(Audio, "MEDIA_MAX_STREAMS", o => o.Media.MaxStreams, Count(1, 16, "lines"), "Media lines of an SDP that are relayed; further ones are refused with port 0.");
        list.Add(Audio, "MEDIA_BATCH", o => o.Media.MaxPacketsPerSocket, Count(1, 1_024, "packets"), "Packets read from one port in a round, so that a flood on one does not starve the others.");
        list.Add(Audio, "RTP_MAX_PACKET", o => o.Media.MaxPacketBytes, new SizeKind(576, 65_535), "The longest packet that is relayed: above any Ethernet frame.");
        list.Add(Audio, "ICE_MAX_PAIRS", o => o.Media.Ice.MaxPairs, Count(2, 256, "addresses"), "Addresses of a browser that are remembered; a new one beyond them takes the place of the one that was silent longest.");
        list.Add(Audio, "ICE_MAX_CHECKS", o => o.Media.Ice.MaxChecksPerSecond, Count(1, 10_000, "a second"), "Signed checks answered on one port; a browser that begins sends 20 to 50.");
        list.Add(Audio, "ICE_MAX_REFUSALS", o => o.Media.Ice.MaxRefusalsPerSecond, Count(0, 10_000, "a second"), "Errors that unsigned or wrongly signed checks get on one port; they are never longer than the check.");
        list.Add(Audio, "ICE_CONSENT_TIMEOUT", o => o.Media.Ice.ConsentTimeout, Seconds(5, 600), "Without a sign of consent for so long nothing is sent to an address any more (RFC 7675).");
        list.Add(Audio, "ICE_CHECK_AFTER", o => o.Media.Ice.CheckAfter, Milliseconds(0, 600_000), "Silence of the peer's checks after which we ask whether it still consents; 0 never.");
        list.Add(Audio, "ICE_CHECK_INTERVAL", o => o.Media.Ice.CheckInterval, Milliseconds(4_000, 600_000), "Time between two checks of ours, within 20 %.");
        list.Add(Audio, "ICE_NOMINATION_SETTLE", o => o.Media.Ice.NominationSettle, Milliseconds(0, 60_000), "A nomination of lower priority so soon after one of higher priority moves nothing: the peer nominates whatever works.");
        list.Add(Audio, "DTLS_HANDSHAKE_TIMEOUT", o => o.Media.Dtls.HandshakeTimeout, Seconds(1, 600), "How long a handshake may take: as long as the transaction of an INVITE.");
        list.Add(Audio, "DTLS_RETRANSMIT", o => o.Media.Dtls.RetransmitTime, Milliseconds(20, 4_000), "When a flight of a handshake is sent again first; the time doubles up to 4 s.");
        list.Add(Audio, "DTLS_MTU", o => o.Media.Dtls.Mtu, Count(300, 9_000, "bytes"), "The longest datagram of a handshake that we send: it passes every tunnel.");
        list.Add(Audio, "DTLS_MAX_DATAGRAMS", o => o.Media.Dtls.MaxHandshakeDatagramsPerSecond, Count(20, 100_000, "a second"), "Datagrams of one handshake that are read; a whole one takes about ten.");
        list.Add(Audio, "DTLS_MAX_RESTARTS", o => o.Media.Dtls.MaxRestartsPerSecond, Count(1, 1_000, "a second"), "How often a handshake that went wrong is begun anew until its time is over: its messages are not authenticated, so anybody could end it otherwise.");
        list.Add(Audio, "DTLS_THREADS", o => o.Media.Dtls.Threads, Count(1, 256, "threads"), "Threads that compute handshakes, so that media loops do not: each carries some 2,000 handshakes a second.");
        list.Add(Audio, "DTLS_MAX_WAITING", o => o.Media.Dtls.MaxWaitingTurns, Count(1, 1_000_000, "handshakes"), "Handshakes that wait for one of these threads; what comes beyond is dropped, and sent again by its peer.");
        list.Add(Audio, "DTLS_MAX_WAITING_DATAGRAMS", o => o.Media.Dtls.MaxWaitingDatagrams, Count(4, 1_000, "datagrams"), "Datagrams of one handshake that wait; the longest flight has fewer.");
        list.Add(Audio, "SRTP_MAX_SSRCS", o => o.Media.Srtp.MaxSsrcs, Count(1, 4_096, "sources"), "Sources that one direction of one port remembers; an authentic packet of one more takes the place of the one that was silent longest.");
        list.Add(Audio, "SRTP_REPLAY_WINDOW", o => o.Media.Srtp.ReplayWindow, Count(64, 32_768, "packets"), "Packets behind the newest one that are still taken; a multiple of 64 (RFC 3711).");
        list.Add(Audio, "SRTP_KEY_GRACE", o => o.Media.Srtp.KeyGrace, Milliseconds(0, 60_000), "How long packets under the previous key are taken after a new one came.");
        list.Add(Audio, "RTCP_INTERVAL", o => o.Media.Rtcp.MinInterval, Milliseconds(100, 120_000), "The shortest mean time between two reports of ours (RFC 3550).");
        list.Add(Audio, "RTCP_BANDWIDTH", o => o.Media.Rtcp.BytesPerSecond, Count(50, 10_000_000, "bytes a second"), "For the RTCP of all members of a session: 5 % of a G.711 stream.");
        list.Add(Audio, "RTCP_MAX_MEMBERS", o => o.Media.Rtcp.MaxMembers, Count(4, 10_000, "sources"), "Sources of one session that are remembered; more would only make our reports rarer.");
        list.Add(Audio, "JITTER_MIN", o => o.Media.Jitter.MinMilliseconds, Count(0, 1_000, "ms"), "The least delay of decoded sound: it is taken 20 ms at a time, so a shorter wait runs dry.");
        list.Add(Audio, "JITTER_MAX", o => o.Media.Jitter.MaxMilliseconds, Count(40, 2_000, "ms"), "The longest delay of decoded sound: beyond, people talk into each other (G.114); later packets are discarded.");
        list.Add(Audio, "JITTER_INITIAL", o => o.Media.Jitter.InitialMilliseconds, Count(0, 2_000, "ms"), "The delay before the network is known.");
        list.Add(Audio, "JITTER_IN_TIME", o => o.Media.Jitter.InTime, new DecimalKind(0.5, 0.999, ""), "The part of the packets that shall come in time: the last of a hundred cost most of the delay.");
        list.Add(Audio, "JITTER_MEMORY", o => o.Media.Jitter.MemoryPackets, Count(10, 100_000, "packets"), "Packets after which a measured delay has lost most of its weight.");
        list.Add(Audio, "JITTER_BASE_WINDOW", o => o.Media.Jitter.BaseWindowMilliseconds, Count(500, 60_000, "ms"), "Over how long the fastest packet is the measure of the others.");
        list.Add(Audio, "JITTER_MAX_PACKETS", o => o.Media.Jitter.MaxPackets, Count(8, 4_096, "packets"), "Packets of one stream that wait at once; the oldest go first.");
        list.Add(Audio, "JITTER_MAX_PAYLOAD", o => o.Media.Jitter.MaxPayloadBytes, new SizeKind(64, 65_535), "The longest payload that is decoded.");
        list.Add(Audio, "JITTER_DISCONTINUITY", o => o.Media.Jitter.DiscontinuityMilliseconds, Count(100, 60_000, "ms"), "A step of the timestamps that is taken for a new beginning once confirmed.");
        list.Add(Audio, "JITTER_DRAIN", o => o.Media.Jitter.DrainMilliseconds, Count(5, 500, "ms"), "Delay beyond the target from which sound is shortened.");
        list.Add(Audio, "JITTER_STRETCH", o => o.Media.Jitter.StretchMilliseconds, Count(0, 500, "ms"), "Delay short of the target from which sound is stretched.");
        list.Add(Audio, "COMFORT_LEVEL", o => o.Media.Audio.ComfortLevelDb, new DecimalKind(-100, -30, "dB"), "The noise that a side hears when nothing else is there: hardly audible, and the line does not sound dead; -100 is digital silence.");
        list.Add(Audio, "AUDIO_MAX_PLAYS", o => o.Media.Audio.MaxPlays, Count(1, 1_000, "playbacks"), "Playbacks at once toward one side of a call; one more is refused.");
        list.Add(Audio, "AUDIO_MAX_TAPS", o => o.Media.Audio.MaxTaps, Count(1, 1_000, "taps"), "Recorders of one call, and as many supervisors; one more of them is refused.");
        list.Add(Audio, "DTMF_MAX_QUEUE", o => o.Media.Audio.MaxDigits, Count(1, 10_000, "digits"), "Digits that wait to be sent to one side.");
        list.Add(Audio, "DTMF_PAUSE", o => o.Media.Audio.DigitPause, Milliseconds(0, 1_000), "Between two digits that we send: Q.24 asks receivers for 40 to 70 ms.");
        list.Add(Audio, "DTMF_INFO_WAIT", o => o.Media.Audio.InfoWait, Milliseconds(0, 1_000), "How long a key that came as SIP INFO waits whether the media brings it too, so that it counts once; phones that negotiated no telephone-event do not wait.");
        list.Add(Audio, "AUDIO_WARM_UP", o => o.Media.Audio.WarmUp, Milliseconds(0, 2_000), "How long a side is listened to before its relayed sound is decoded for the other, so that nothing is missing at the change; it comes earlier when the jitter buffer plays.");
        list.Add(Audio, "AUDIO_FADE", o => o.Media.Audio.Fade, Milliseconds(0, 20), "Over this time a step between two sources of sound is spread, so that it does not click.");
        list.Add(Audio, "AUDIO_CODER_REST", o => o.Media.Audio.CoderRest, Milliseconds(0, 600_000), "How long a call that relays again keeps its coders, in case it needs them once more.");
        list.Add(Audio, "AUDIO_MAX_LATENESS", o => o.Media.Audio.MaxLateness, Milliseconds(40, 10_000), "A tick that is later is left out; one that is less late is made up for, at twice the pace.");
        list.Add(Audio, "SPEECH_LEVEL", o => o.Media.Audio.SpeechLevelDb, new DecimalKind(-90, 0, "dB"), "Above this level a side counts as speaking.");
        list.Add(Audio, "SPEECH_HANGOVER", o => o.Media.Audio.SpeechHangover, Milliseconds(0, 60_000), "How long a side still counts as speaking after the last loud moment: longer than the gaps between words.");
        list.Add(Audio, "OPUS_COMPLEXITY", o => o.Media.Coding.OpusComplexity, Count(0, 10), "Effort of our Opus: 5 takes half the CPU of 10 and few hear the difference in speech.");
        list.Add(Audio, "OPUS_BITRATE", o => o.Media.Coding.OpusBitrate, Count(0, 510_000, "bit/s"),
            "What our Opus takes, at most what the far side names: 6000 or more, or 0 for 24000 up to 16 kHz and 32000 above.");
        list.Add(Audio, "OPUS_DTX", o => o.Media.Coding.OpusDtx, SwitchKind.Instance, "Our offers and answers ask for silence suppression (usedtx, RFC 7587).");
        list.Add(Audio, "G729_SILENCE", o => o.Media.Coding.G729Silence, SwitchKind.Instance, "Our G.729 sends silence frames (Annex B) to who takes them; they are always read.");
        list.Add(Audio, "RESAMPLER_QUALITY", o => o.Media.Coding.ResamplerQuality, Count(0, 10), "Filter length between sample rates other than 8 and 16 kHz, 0 to 10 of libspeexdsp.");
        list.Add(Audio, "SDP_MAX_SIZE", o => o.Media.MaxSdpBytes, new SizeKind(256, 65_535), "The longest SDP: browsers come to 8 kB.");
        list.Add(Audio, "SDP_MAX_LINES", o => o.Media.MaxSdpLines, Count(8, 10_000, "lines"), "Lines of an SDP.");
        list.Add(Audio, "SDP_MAX_MEDIA", o => o.Media.MaxMediaLines, Count(1, 256, "lines"), "Media lines of an SDP, refused ones included.");
    }
}
