// Runs in the page: one JsSIP phone. Commands come by window.phone(command), events go out by window.report(event).
// Its media is the browser's own (ICE, DTLS-SRTP, Opus); instead of a microphone there is a tone, and what it hears is recorded.
(() => {
  const report = (event, data) => window.report({ event, ...data });
  const sessions = [];
  const recorders = new Map();
  let ua;
  let audio;
  let tone;

  const base64 = (samples) => {
    const bytes = new Uint8Array(samples.length * 2);
    const view = new DataView(bytes.buffer);
    samples.forEach((s, i) => view.setInt16(i * 2, Math.max(-1, Math.min(1, s)) * 32767, true));
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192)
      text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  };

  // Chromium lets no sound of a remote stream into WebAudio that is not played by an element as well.
  const record = (stream) => {
    const element = new Audio();
    element.srcObject = stream;
    element.muted = true;
    element.play().catch(() => {});
    const samples = [];
    const node = audio.createScriptProcessor(4096, 1, 1);
    node.onaudioprocess = (e) => { if (samples.length < 48000 * 60) samples.push(...e.inputBuffer.getChannelData(0)); };
    audio.createMediaStreamSource(stream).connect(node);
    node.connect(audio.destination);
    return { samples, element, node };
  };

  const mediaOf = (number, session) => {
    const connection = session.connection;
    if (!connection || recorders.has(number))
      return;
    recorders.set(number, undefined);
    const take = (track) => recorders.set(number, record(new MediaStream([track])));
    connection.addEventListener('track', (e) => { if (e.track.kind === 'audio') take(e.track); });
    for (const receiver of connection.getReceivers())
      if (receiver.track?.kind === 'audio') take(receiver.track);
    connection.addEventListener('connectionstatechange', () => report('media', { call: number, state: connection.connectionState }));
  };

  const options = () => ({
    mediaStream: tone,
    pcConfig: { iceServers: [] },
    rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: false },
  });

  const watch = (session) => {
    const number = sessions.push(session) - 1;
    const party = session.remote_identity?.uri?.user;
    for (const name of ['progress', 'accepted', 'confirmed', 'hold', 'unhold'])
      session.on(name, (e) => report(name, { call: number, originator: e?.originator }));
    session.on('ended', (e) => report('ended', { call: number, cause: e.cause, originator: e.originator }));
    session.on('failed', (e) => report('failed', { call: number, cause: e.cause, status: e.message?.status_code }));
    session.on('reinvite', (e) => report('reinvite', { call: number, direction: /a=(sendrecv|sendonly|recvonly|inactive)/.exec(e.request.body ?? '')?.[1] }));
    session.on('peerconnection', () => mediaOf(number, session));
    mediaOf(number, session);
    report('session', { call: number, originator: session.direction === 'incoming' ? 'remote' : 'local', party });
    return number;
  };

  const commands = {
    async start({ url, uri, password, hertz }) {
      audio = new AudioContext({ sampleRate: 48000 });
      await audio.resume();
      const microphone = audio.createMediaStreamDestination();
      const oscillator = new OscillatorNode(audio, { frequency: hertz });
      oscillator.connect(new GainNode(audio, { gain: 0.5 })).connect(microphone);
      oscillator.start();
      tone = microphone.stream;
      ua = new JsSIP.UA({
        sockets: [new JsSIP.WebSocketInterface(url)], uri, password, register: true, register_expires: 120,
        connection_recovery_min_interval: 1, connection_recovery_max_interval: 2, session_timers: true,
      });
      ua.on('connected', () => report('connected'));
      ua.on('disconnected', (e) => report('disconnected', { code: e?.code, reason: e?.reason }));
      ua.on('registered', () => report('registered'));
      ua.on('registrationFailed', (e) => report('registrationFailed', { cause: e.cause, status: e.response?.status_code }));
      ua.on('newRTCSession', ({ session, originator }) => { if (originator === 'remote') watch(session); });
      ua.on('newMessage', ({ originator, message, request }) => {
        if (originator === 'remote') report('message', { from: message.remote_identity.uri.user, text: request.body });
      });
      ua.start();
    },
    call({ target }) {
      watch(ua.call(target, options()));
    },
    answer({ call }) { sessions[call].answer(options()); },
    // What it heard since the last time: 16-bit samples at 48 kHz.
    heard({ call }) {
      const samples = recorders.get(call)?.samples.splice(0) ?? [];
      report('heard', { call, samples: base64(samples) });
    },
    dtmf({ call, digits }) { sessions[call].sendDTMF(digits, { transportType: 'RFC2833', duration: 100, interToneGap: 100 }); },
    dtmfInfo({ call, digits }) { sessions[call].sendDTMF(digits, { transportType: 'INFO', duration: 100, interToneGap: 500 }); },
    hold({ call }) { sessions[call].hold(); },
    unhold({ call }) { sessions[call].unhold(); },
    hangup({ call }) { sessions[call].terminate(); },
    transfer({ call, target, replaces }) {
      sessions[call].refer(target, {
        replaces: replaces === undefined ? undefined : sessions[replaces],
        eventHandlers: Object.fromEntries(['requestSucceeded', 'requestFailed', 'trying', 'progress', 'accepted', 'failed'].map(
          (name) => [name, (e) => report('refer', { call, step: name, status: e?.status_line?.status_code ?? e?.response?.status_code })])),
      });
    },
    message({ target, text }) {
      ua.sendMessage(target, text, {
        eventHandlers: {
          succeeded: (e) => report('messageSent', { status: e.response.status_code }),
          failed: (e) => report('messageFailed', { cause: e.cause, status: e.response?.status_code }),
        },
      });
    },
    watch({ target, event, accept }) {
      const lamp = ua.subscribe(target, event, accept, { expires: 300, params: {} });
      lamp.on('notify', (isFinal, request, body) => report('notify', { package: event, isFinal, body }));
      lamp.on('terminated', (code, reason) => report('watchEnded', { package: event, code, reason }));
      lamp.subscribe();
    },
    stop() { ua.stop(); },
  };

  window.phone = ({ command, ...rest }) => commands[command](rest);
})();
